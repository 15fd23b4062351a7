// Numbers travel as text: the shortest decimal that gives the same bits back. JSON numbers would
// pass through the reader's float64, and canonical JSON (RFC 8785) allows integers only.

/// A binary floating-point number that reads back from its own description.
public protocol ExactlyCodable: BinaryFloatingPoint, LosslessStringConvertible, Sendable {}
extension Float: ExactlyCodable {}
extension Double: ExactlyCodable {}
extension Float16: ExactlyCodable {}

/// A finite number that is encoded as text.
public struct ExactNumber<Number: ExactlyCodable>: Hashable, Codable, Sendable {
  public var value: Number

  /// The longest text that is read: no shortest decimal of a float64 is longer.
  private static var longestText: Int { 32 }

  /// - Parameter value: Must be finite, or it will not be read back.
  public init(_ value: Number) { self.value = value }

  /// - Throws: `DecodingError` when it is no text of a finite number.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard text.utf8.count <= Self.longestText, let value = Number(text), value.isFinite else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text.prefix(40))' is no finite number")
    }
    self.value = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value.description)
  }
}

extension KeyedDecodingContainer {
  func decodeExactFloat<Number: ExactlyCodable>(forKey key: Key) throws -> Number {
    try decode(ExactNumber<Number>.self, forKey: key).value
  }

  /// At most `limit` numbers.
  func decodeExactFloats<Number: ExactlyCodable>(forKey key: Key, limit: Int) throws -> [Number] {
    try decodeList(ExactNumber<Number>.self, forKey: key, limit: limit).map(\.value)
  }

  /// Stops reading at the first element beyond `limit`.
  func decodeList<Element: Decodable>(_: Element.Type, forKey key: Key, limit: Int) throws
    -> [Element]
  {
    var list = try nestedUnkeyedContainer(forKey: key)
    var elements: [Element] = []
    while !list.isAtEnd {
      guard elements.count < limit else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: self, debugDescription: "more than \(limit) numbers")
      }
      elements.append(try list.decode(Element.self))
    }
    return elements
  }
}

extension KeyedEncodingContainer {
  mutating func encodeExact(_ value: some ExactlyCodable, forKey key: Key) throws {
    try encode(ExactNumber(value), forKey: key)
  }

  mutating func encodeExact(_ values: [some ExactlyCodable], forKey key: Key) throws {
    try encode(values.map { ExactNumber($0) }, forKey: key)
  }
}
