import Foundation

/// A value of `config.json`, kept so that an error can show what was found.
enum ConfigurationValue: Decodable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case list([ConfigurationValue])
  case object([String: ConfigurationValue])
  /// For example a number beyond every type.
  case unreadable

  /// Lists and objects below this depth are kept as empty ones: no key that is read lies there, and
  /// no input can exhaust the stack.
  private static let depthLimit = 3

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
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
    } else if (try? decoder.unkeyedContainer()) != nil {
      let isRead = decoder.codingPath.count < Self.depthLimit
      self = .list(isRead ? try value.decode([ConfigurationValue].self) : [])
    } else if (try? decoder.container(keyedBy: AnyKey.self)) != nil {
      let isRead = decoder.codingPath.count < Self.depthLimit
      self = .object(isRead ? try value.decode([String: ConfigurationValue].self) : [:])
    } else {
      self = .unreadable
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
    case .unreadable: "a value that cannot be read"
    }
  }
}

private struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
