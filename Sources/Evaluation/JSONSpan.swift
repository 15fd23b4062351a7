/// A JSON value that was checked (RFC 8259) and is not decoded: where it stands in its file.
struct JSONSpan: Sendable {
  enum Kind: Sendable { case object, array, string, number, boolean, null }

  var kind: Kind
  /// Of a string: what is between the quotes.
  var range: Range<Int>

  /// Deeper nesting is refused.
  static let maximumDepth = 64
}

/// What is wrong with a JSON text, and at which byte.
struct JSONFailure: Error {
  var position: Int
  var problem: String
}

/// Walks over JSON without building anything.
struct JSONScanner {
  private let bytes: ByteView
  private let end: Int
  private(set) var position: Int

  init(_ bytes: ByteView, _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  private func fail(_ problem: String) -> JSONFailure {
    JSONFailure(position: min(position, end), problem: problem)
  }

  /// The byte at the position; 0 at the end.
  private var next: UInt8 { position < end ? bytes[position] : 0 }

  mutating func skipSpace() {
    while [32, 9, 10, 13].contains(next) { position += 1 }
  }

  /// The one value of the text.
  mutating func document() throws(JSONFailure) -> JSONSpan {
    let value = try value(depth: 0)
    skipSpace()
    guard position == end else { throw fail("text follows the value") }
    return value
  }

  /// One value, with the white space before it.
  mutating func value(depth: Int) throws(JSONFailure) -> JSONSpan {
    skipSpace()
    let start = position
    switch next {
    case UInt8(ascii: "{"):
      try object(depth: depth) { _, _ in }
      return JSONSpan(kind: .object, range: start..<position)
    case UInt8(ascii: "["):
      try array(depth: depth) { _ in }
      return JSONSpan(kind: .array, range: start..<position)
    case UInt8(ascii: "\""): return JSONSpan(kind: .string, range: try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    case UInt8(ascii: "n"):
      try word("null")
      return JSONSpan(kind: .null, range: start..<position)
    case UInt8(ascii: "t"):
      try word("true")
      return JSONSpan(kind: .boolean, range: start..<position)
    case UInt8(ascii: "f"):
      try word("false")
      return JSONSpan(kind: .boolean, range: start..<position)
    default: throw fail(position < end ? "this is no JSON value" : "the text ends too early")
    }
    return JSONSpan(kind: .number, range: start..<position)
  }

  /// An object whose brace is next; `visit` sees each name (between its quotes) and value.
  mutating func object(depth: Int, visit: (Range<Int>, JSONSpan) -> Void) throws(JSONFailure) {
    try members(closing: UInt8(ascii: "}"), depth: depth) {
      (scanner: inout JSONScanner) throws(JSONFailure) in
      guard scanner.next == UInt8(ascii: "\"") else { throw scanner.fail("a name is missing") }
      let name = try scanner.string()
      scanner.skipSpace()
      guard scanner.next == UInt8(ascii: ":") else { throw scanner.fail("a colon is missing") }
      scanner.position += 1
      visit(name, try scanner.value(depth: depth + 1))
    }
  }

  /// An array whose bracket is next.
  mutating func array(depth: Int, visit: (JSONSpan) -> Void) throws(JSONFailure) {
    try members(closing: UInt8(ascii: "]"), depth: depth) {
      (scanner: inout JSONScanner) throws(JSONFailure) in
      visit(try scanner.value(depth: depth + 1))
    }
  }

  private mutating func members(
    closing: UInt8, depth: Int, member: (inout JSONScanner) throws(JSONFailure) -> Void
  ) throws(JSONFailure) {
    guard depth < JSONSpan.maximumDepth else {
      throw fail("values are nested deeper than \(JSONSpan.maximumDepth)")
    }
    position += 1
    skipSpace()
    if next == closing {
      position += 1
      return
    }
    while true {
      skipSpace()
      try member(&self)
      skipSpace()
      defer { position += 1 }
      if next == closing { return }
      guard next == UInt8(ascii: ",") else {
        throw fail(position < end ? "a comma is missing" : "the text ends too early")
      }
    }
  }

  /// A string whose quote is next; the range between the quotes.
  private mutating func string() throws(JSONFailure) -> Range<Int> {
    position += 1
    let start = position
    while true {
      switch next {
      case UInt8(ascii: "\""):
        let range = start..<position
        guard range.count <= LineReader.maximumLineBytes else {
          throw fail("a string has \(range.count) bytes, more than \(LineReader.maximumLineBytes)")
        }
        guard bytes.isUTF8(range) else {
          position = start
          throw fail("a string is not valid UTF-8")
        }
        position += 1
        return range
      case UInt8(ascii: "\\"): try escape()
      case 0..<32: throw fail(position < end ? "a control character" : "a string is not closed")
      default: position += 1
      }
    }
  }

  private mutating func escape() throws(JSONFailure) {
    position += 1
    guard next == UInt8(ascii: "u") else {
      guard #""\/bfnrt"#.utf8.contains(next) else { throw fail("an unknown escape") }
      position += 1
      return
    }
    let unit = try codeUnit()
    guard (0xD800..<0xE000).contains(unit) else { return }
    guard unit < 0xDC00, next == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
    else { throw fail("half a surrogate pair") }
    position += 1
    guard (0xDC00..<0xE000).contains(try codeUnit()) else { throw fail("half a surrogate pair") }
  }

  /// The `u` of an escape and its four digits.
  private mutating func codeUnit() throws(JSONFailure) -> Int {
    var unit = 0
    for _ in 0..<4 {
      position += 1
      guard let digit = Character(Unicode.Scalar(next)).hexDigitValue else {
        throw fail("an escape without four hexadecimal digits")
      }
      unit = unit << 4 + digit
    }
    position += 1
    return unit
  }

  private mutating func number() throws(JSONFailure) {
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if next == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    guard next | 0x20 == UInt8(ascii: "e") else { return }
    position += 1
    if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
    try digits()
  }

  private mutating func digits() throws(JSONFailure) {
    let start = position
    while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { position += 1 }
    guard position > start else { throw fail("a number without digits") }
  }

  private mutating func word(_ word: StaticString) throws(JSONFailure) {
    for index in 0..<word.utf8CodeUnitCount {
      guard next == word.utf8Start[index] else { throw fail("this is no JSON value") }
      position += 1
    }
  }
}
