import Foundation

extension CanonicalJSON {
  /// Levels of arrays and objects that are read.
  static let depthLimit = 64

  /// Reads any JSON text. Numbers that are no integer within ``integers`` become their text.
  /// - Throws: ``ArtifactError`` with the byte where the text stops being JSON, a key stands twice
  ///   in one object, or arrays and objects nest deeper than 64 levels.
  public init(parsing text: Data) throws {
    var scanner = JSONScanner(bytes: Array(text))
    self = try scanner.document()
  }
}

/// A strict reader of JSON text (RFC 8259).
private struct JSONScanner {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws -> CanonicalJSON {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw problem("more follows after the value") }
    return value
  }

  private func problem(_ text: String) -> ArtifactError {
    ArtifactError(problem: "not JSON at byte \(position): \(text)", remedy: "write it again")
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      position += 1
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func take(word: String) throws {
    for byte in word.utf8 {
      guard next == byte else { throw problem("an unknown word") }
      position += 1
    }
  }

  private mutating func value(depth: Int) throws -> CanonicalJSON {
    guard depth <= CanonicalJSON.depthLimit else { throw problem("nested too deeply") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"):
      try take(word: "true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try take(word: "false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try take(word: "null")
      return .null
    default: return try number()
    }
  }

  private mutating func object(depth: Int) throws -> CanonicalJSON {
    position += 1
    var members: [String: CanonicalJSON] = [:]
    skipSpace()
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      let key = try string()
      skipSpace()
      guard take(":") else { throw problem("a colon is missing") }
      guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
        throw problem("the key \"\(key.prefix(80))\" stands twice")
      }
      skipSpace()
    } while take(",")
    guard take("}") else { throw problem("a comma or } is missing") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws -> CanonicalJSON {
    position += 1
    var values: [CanonicalJSON] = []
    skipSpace()
    if take("]") { return .array(values) }
    repeat {
      values.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw problem("a comma or ] is missing") }
    return .array(values)
  }

  private mutating func digits() throws {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw problem("a digit is missing") }
  }

  private mutating func number() throws -> CanonicalJSON {
    let start = position
    _ = take("-")
    let first = next
    let integerStart = position
    try digits()
    guard first != 0x30 || position == integerStart + 1 else { throw problem("a leading zero") }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let integer = Int64(text), CanonicalJSON.integers.contains(integer) {
      return .integer(integer)
    }
    return .string(text)
  }

  private mutating func string() throws -> String {
    guard take("\"") else { throw problem("a string is missing") }
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let value = String(validating: text, as: UTF8.self) else {
          throw problem("a string that is not UTF-8")
        }
        return value
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<0x20: throw problem("a control character in a string")
      default: text.append(byte)
      }
    }
    throw problem("a string without an end")
  }

  private mutating func escape() throws -> [UInt8] {
    guard let byte = next else { throw problem("a string without an end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var units = [try codeUnit()]
      if UTF16.isLeadSurrogate(units[0]) {
        guard take("\\"), take("u") else { throw problem("half a surrogate pair") }
        units.append(try codeUnit())
      }
      guard let text = String(validating: units, as: UTF16.self) else {
        throw problem("half a surrogate pair")
      }
      return Array(text.utf8)
    default: throw problem("an unknown escape")
    }
  }

  private mutating func codeUnit() throws -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw problem("\\u needs four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }
}
