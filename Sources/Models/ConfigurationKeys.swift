import Foundation

/// The keys of `config.json` with typed access: each failure names the key.
struct ConfigurationKeys {
  static let byteLimit = 1 << 20

  private let values: [String: ConfigurationValue]

  init(_ bytes: Data) throws {
    guard bytes.count <= Self.byteLimit else {
      throw ModelError.tooLarge(bytes: bytes.count, limit: Self.byteLimit)
    }
    do {
      values = try JSONDecoder().decode([String: ConfigurationValue].self, from: bytes)
    } catch DecodingError.dataCorrupted(let context) {
      throw ModelError.notJSON(reason: context.debugDescription)
    } catch {
      throw ModelError.notJSON(reason: "the top level must be an object")
    }
  }

  /// The key's text; nil when it is absent or null.
  func string(_ key: String) throws -> String? {
    switch values[key] {
    case nil, .null: return nil
    case .string(let value): return value
    case .some(let other):
      throw ModelError.unsupported(key: key, found: other.shown, supported: "text")
    }
  }

  func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int {
    guard let integer = try optionalInteger(key, in: range) else {
      throw ModelError.missingKey(key)
    }
    return integer
  }

  /// The key's number; nil when it is absent or null.
  func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let value = values[key] else { return nil }
    if case .null = value { return nil }
    guard case .integer(let integer) = value, range.contains(integer) else {
      throw ModelError.unsupported(
        key: key, found: value.shown,
        supported: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  /// The key's number; nil when it is absent.
  func number(_ key: String) throws -> Double? {
    switch values[key] {
    case nil: return nil
    case .integer(let value): return Double(value)
    case .number(let value): return value
    case .some(let other):
      throw ModelError.unsupported(key: key, found: other.shown, supported: "a number")
    }
  }

  /// Whether the key is true; `absent` where it is absent or null.
  func flag(_ key: String, absent: Bool = false) throws -> Bool {
    switch values[key] {
    case nil, .null: return absent
    case .boolean(let value): return value
    case .some(let other):
      throw ModelError.unsupported(key: key, found: other.shown, supported: "true or false")
    }
  }

  /// The key's list of texts; nil when it is absent or null.
  func strings(_ key: String) throws -> [String]? {
    switch values[key] {
    case nil, .null: return nil
    case .list(let values):
      return try values.map { value in
        guard case .string(let text) = value else {
          throw ModelError.unsupported(
            key: key, found: "a list with \(value.shown)", supported: "a list of texts")
        }
        return text
      }
    case .some(let other):
      throw ModelError.unsupported(key: key, found: other.shown, supported: "a list of texts")
    }
  }

  /// The key's members; nil when it is absent or null.
  func object(_ key: String) throws -> [String: ConfigurationValue]? {
    switch values[key] {
    case nil, .null: return nil
    case .object(let members): return members
    case .some(let other):
      throw ModelError.unsupported(key: key, found: other.shown, supported: "an object")
    }
  }
}
