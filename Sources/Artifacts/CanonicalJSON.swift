import Foundation

/// JSON of which there is exactly one text (RFC 8785), so that equal values have equal digests.
///
/// Numbers are integers of a magnitude up to 2^53 − 1; every other number is a string.
public enum CanonicalJSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case string(String)
  case array([CanonicalJSON])
  case object([String: CanonicalJSON])

  /// The integers that every JSON reader keeps.
  public static let integers: ClosedRange<Int64> = -9_007_199_254_740_991...9_007_199_254_740_991

  /// A float64 as its shortest decimal that reads back to the same bits.
  public static func number(_ value: Double) -> CanonicalJSON { .string(value.description) }

  /// Any value as `JSONEncoder` sees it. Numbers that are no integer within ``integers`` become
  /// their text.
  /// - Throws: `EncodingError` when a number is not finite.
  public init(encoding value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try self.init(parsing: encoder.encode(value))
  }

  /// Reads the value into a type.
  /// - Throws: `DecodingError` when it does not fit.
  public func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: encoded())
  }

  /// The canonical text: keys in the order of their UTF-16 code units, no white space, only the
  /// escapes JSON demands.
  /// - Throws: ``ArtifactError`` when an integer is outside ``integers``.
  public func encoded() throws -> Data {
    var text: [UInt8] = []
    try append(to: &text)
    return Data(text)
  }

  private func append(to text: inout [UInt8]) throws {
    switch self {
    case .null: text += Array("null".utf8)
    case .bool(let value): text += Array((value ? "true" : "false").utf8)
    case .integer(let value):
      guard Self.integers.contains(value) else {
        throw ArtifactError(
          problem: "the integer \(value) is too large for canonical JSON",
          remedy: "write it as a string")
      }
      text += Array(String(value).utf8)
    case .string(let value): Self.append(quoted: value, to: &text)
    case .array(let values):
      text.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        try value.append(to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .object(let members):
      text.append(UInt8(ascii: "{"))
      let ordered = members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
      for (index, member) in ordered.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        Self.append(quoted: member.key, to: &text)
        text.append(UInt8(ascii: ":"))
        try member.value.append(to: &text)
      }
      text.append(UInt8(ascii: "}"))
    }
  }

  private static func append(quoted value: String, to text: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    text.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""): text += Array(#"\""#.utf8)
      case UInt8(ascii: "\\"): text += Array(#"\\"#.utf8)
      case 0x08: text += Array(#"\b"#.utf8)
      case 0x09: text += Array(#"\t"#.utf8)
      case 0x0A: text += Array(#"\n"#.utf8)
      case 0x0C: text += Array(#"\f"#.utf8)
      case 0x0D: text += Array(#"\r"#.utf8)
      case 0..<0x20:
        text += Array(#"\u00"#.utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}

extension CanonicalJSON: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
  }

  /// - Throws: `DecodingError` for a number that is no integer of 64 bits.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      var members: [String: CanonicalJSON] = [:]
      for key in container.allKeys {
        members[key.stringValue] = try container.decode(CanonicalJSON.self, forKey: key)
      }
      self = .object(members)
    } else if var container = try? decoder.unkeyedContainer() {
      var values: [CanonicalJSON] = []
      while !container.isAtEnd { values.append(try container.decode(CanonicalJSON.self)) }
      self = .array(values)
    } else {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let value = try? container.decode(Bool.self) {
        self = .bool(value)
      } else if let value = try? container.decode(Int64.self) {
        self = .integer(value)
      } else {
        self = .string(try container.decode(String.self))
      }
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let value): try value.encode(to: encoder)
    case .integer(let value): try value.encode(to: encoder)
    case .string(let value): try value.encode(to: encoder)
    case .array(let values): try values.encode(to: encoder)
    case .object(let members):
      var container = encoder.container(keyedBy: Key.self)
      for (key, value) in members { try container.encode(value, forKey: Key(stringValue: key)) }
    }
  }
}
