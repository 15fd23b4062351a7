/// Reads the JSON of a safetensors header, which is one object of flat objects.
///
/// A scanner of its own, because a general JSON reader silently keeps one of two equal keys and
/// turns large offsets into floating point. It never recurses, so no input can exhaust the stack.
struct HeaderScanner {
  /// Where and why scanning stopped.
  struct Failure: Error {
    var offset: Int
    var problem: String
  }

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  func failure(_ problem: String) -> Failure { Failure(offset: position, problem: problem) }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  /// Takes `character` if it comes next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func require(_ character: Unicode.Scalar) throws(Failure) {
    guard take(character) else { throw failure("'\(character)' expected") }
  }

  /// Calls `member` for each key of an object; `member` must read the value.
  mutating func object(_ member: (inout HeaderScanner, String) throws -> Void) throws {
    try require("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try require(":")
      try member(&self, key)
    } while take(",")
    try require("}")
  }

  /// A list of whole numbers from 0 to 2⁶³ − 1, at most `limit` of them.
  mutating func integers(limit: Int) throws(Failure) -> [Int] {
    try require("[")
    var values: [Int] = []
    if take("]") { return values }
    repeat {
      guard values.count < limit else { throw failure("a list of more than \(limit) numbers") }
      values.append(try integer())
    } while take(",")
    try require("]")
    return values
  }

  private mutating func integer() throws(Failure) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(bytes[position] - 0x30))
      guard !overflow, !carry else { throw failure("a number beyond 2^63 − 1") }
      value = sum
      position += 1
    }
    guard position > start else { throw failure("a whole number from 0 expected") }
    guard position - start == 1 || bytes[start] != 0x30 else {
      throw failure("a number with leading zeros")
    }
    return value
  }

  mutating func string() throws(Failure) -> String {
    try require("\"")
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw failure("text that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): text += String(try escape()).utf8
      case 0..<0x20: throw failure("a control character in text")
      default: text.append(byte)
      }
    }
    throw failure("text without an end")
  }

  /// What follows a backslash.
  private mutating func escape() throws(Failure) -> Unicode.Scalar {
    guard position < bytes.count else { throw failure("text without an end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw failure("an unknown escape in text")
    }
    let unit = try hexadecimalUnit()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    // A surrogate: the second half must follow.
    guard unit < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    else { throw failure("half a surrogate pair in text") }
    position += 2
    let second = try hexadecimalUnit()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00))
    else { throw failure("half a surrogate pair in text") }
    return scalar
  }

  private mutating func hexadecimalUnit() throws(Failure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count,
        let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue
      else { throw failure("four hexadecimal digits expected after \\u") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  /// Only white space may follow.
  mutating func end() throws(Failure) {
    skipSpace()
    guard position == bytes.count else { throw failure("something follows the header's object") }
  }
}
