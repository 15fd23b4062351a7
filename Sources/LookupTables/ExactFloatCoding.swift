// Numbers travel as text: the shortest decimal that gives the same bits back. JSON numbers would
// pass through the reader's float64, and canonical JSON (RFC 8785) allows integers only.

/// A finite binary floating-point number that reads back from its own description.
protocol ExactlyCodable: BinaryFloatingPoint, LosslessStringConvertible {}
extension Float: ExactlyCodable {}
extension Double: ExactlyCodable {}
extension Float16: ExactlyCodable {}

/// The longest text of a number that is read: no shortest decimal of a float64 is longer.
private let longestNumber = 32

extension KeyedDecodingContainer {
  func decodeExactFloat<Number: ExactlyCodable>(forKey key: Key) throws -> Number {
    let text = try decode(String.self, forKey: key)
    guard text.utf8.count <= longestNumber, let value = Number(text), value.isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "'\(text.prefix(40))' is no finite number")
    }
    return value
  }

  /// At most `limit` numbers.
  func decodeExactFloats<Number: ExactlyCodable>(forKey key: Key, limit: Int) throws -> [Number] {
    try decodeList(String.self, forKey: key, limit: limit).map { text in
      guard text.utf8.count <= longestNumber, let value = Number(text), value.isFinite else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: self, debugDescription: "'\(text.prefix(40))' is no finite number")
      }
      return value
    }
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
    try encode(value.description, forKey: key)
  }

  mutating func encodeExact(_ values: [some ExactlyCodable], forKey key: Key) throws {
    try encode(values.map(\.description), forKey: key)
  }
}
