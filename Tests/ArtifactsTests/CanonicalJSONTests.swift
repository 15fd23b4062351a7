import Artifacts
import Foundation
import Testing

struct CanonicalJSONTests {
  private func text(_ value: CanonicalJSON) throws -> String {
    String(decoding: try value.encoded(), as: UTF8.self)
  }

  @Test func keysAreOrderedByTheirUTF16CodeUnits() throws {
    // RFC 8785, section 3.2.3: U+1F600 is a surrogate pair (D83D…) and comes before U+FB33.
    let keys = ["\u{20ac}", "\r", "\u{fb33}", "1", "\u{1f600}", "\u{80}", "\u{f6}"]
    let object = CanonicalJSON.object(
      Dictionary(uniqueKeysWithValues: keys.map { ($0, CanonicalJSON.null) }))
    #expect(
      try text(object)
        == "{\"\\r\":null,\"1\":null,\"\u{80}\":null,\"\u{f6}\":null,\"\u{20ac}\":null,"
        + "\"\u{1f600}\":null,\"\u{fb33}\":null}")
  }

  @Test func onlyDemandedEscapesAreWritten() throws {
    let value = CanonicalJSON.string("\u{20ac}$\u{0f}\u{0a}A'\u{42}\"\\/\u{7f}\u{8}\u{c}\t\r")
    #expect(try text(value) == "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\/\u{7f}\\b\\f\\t\\r\"")
  }

  @Test func integersBeyondWhatReadersKeepAreRefused() throws {
    #expect(try text(.integer(9_007_199_254_740_991)) == "9007199254740991")
    #expect(throws: ArtifactError.self) { try CanonicalJSON.integer(1 << 53).encoded() }
  }

  @Test func otherNumbersBecomeText() throws {
    struct Numbers: Encodable {
      var a = 0.1
      var b = UInt64.max
      var c = -3
    }
    #expect(
      try text(CanonicalJSON(encoding: Numbers()))
        == #"{"a":"0.1","b":"18446744073709551615","c":-3}"#)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let value = CanonicalJSON.object([
      "a": .array([.bool(true), .null, .integer(-5), .string("\u{1f600}\n")]),
      "": .object([:]), "b": .array([]),
    ])
    #expect(try CanonicalJSON(parsing: value.encoded()) == value)
    #expect(try JSONDecoder().decode(CanonicalJSON.self, from: value.encoded()) == value)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,\"a\":2}", "\"\\ud800\"", "\"\\x\"", "01", "1 2", "nul", "\"a",
    "[\"\u{1}\"]", String(repeating: "[", count: 100), "-", "1.", "{1:2}",
  ])
  func damagedTextIsRefused(text: String) {
    #expect(throws: ArtifactError.self) { try CanonicalJSON(parsing: Data(text.utf8)) }
  }

  @Test func escapesAreRead() throws {
    let value = try CanonicalJSON(parsing: Data(#""\u20ac\ud83d\ude00\/\b""#.utf8))
    #expect(value == .string("\u{20ac}\u{1f600}/\u{8}"))
  }
}
