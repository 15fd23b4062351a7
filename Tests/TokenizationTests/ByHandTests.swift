import Foundation
import Testing

@testable import Tokenization

/// Every line of large texts, by hand: `fixtures_tokenization.py --by-hand` writes a folder, and
/// NNLUT_TOKENIZER_CHECK names it.
@Suite struct ByHandTests {
  static let folder = ProcessInfo.processInfo.environment["NNLUT_TOKENIZER_CHECK"]

  private struct Expected: Decodable {
    var lines: [String]
    var digests: [String]
  }

  @Test(.enabled(if: folder != nil))
  func everyLine() throws {
    let folder = URL(fileURLWithPath: try #require(Self.folder))
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
    let tokenizer = try Tokenizer(directory: folder)
    #expect(expected.lines.count == expected.digests.count)
    var mismatches = 0
    var tokens = 0
    for (line, digest) in zip(expected.lines, expected.digests) {
      let encoding = tokenizer.encoding(line, maximumLength: .max)
      let plain = tokenizer.encode(line, maximumLength: .max)
      tokens += plain.count
      if FamilyTests.digest(encoding) != digest || plain != encoding.tokens {
        mismatches += 1
        if mismatches < 4 { Issue.record("\(line.debugDescription.prefix(300)): \(encoding)") }
      }
    }
    print("\(expected.lines.count) lines, \(tokens) tokens, \(mismatches) mismatches")
    #expect(mismatches == 0)
  }
}
