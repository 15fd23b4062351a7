import Foundation

/// A value of `config.json`, kept so that an error can show what was found.
enum ConfigurationValue: Decodable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case list
  case object

  init(from decoder: any Decoder) throws {
    if (try? decoder.unkeyedContainer()) != nil {
      self = .list
      return
    }
    guard let value = try? decoder.singleValueContainer() else {
      self = .object
      return
    }
    if value.decodeNil() {
      self = .null
    } else if let boolean = try? value.decode(Bool.self) {
      self = .boolean(boolean)
    } else if let integer = try? value.decode(Int.self) {
      self = .integer(integer)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let string = try? value.decode(String.self) {
      self = .string(string)
    } else {
      self = .object
    }
  }

  /// The value as a person would look for it in the file, at most 60 characters.
  var shown: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "\"\(value.prefix(60))\""
    case .list: "a list"
    case .object: "an object"
    }
  }
}

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
    guard let value = values[key] else { throw ModelError.missingKey(key) }
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

  /// Whether the key is true; an absent key and null are false.
  func flag(_ key: String) throws -> Bool {
    switch values[key] {
    case nil, .null: return false
    case .boolean(let value): return value
    case .some(let other):
      throw ModelError.unsupported(key: key, found: other.shown, supported: "true or false")
    }
  }
}
