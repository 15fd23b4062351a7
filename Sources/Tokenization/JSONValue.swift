/// A JSON document whose object keys keep their exact bytes and order.
///
/// Vocabularies need that: Foundation's decoders give dictionaries of `String`, which hold "é" and
/// "e" + U+0301 to be one key, so tokens would vanish.
enum JSONValue: Sendable {
  case null
  case boolean(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])

  /// The value of the last member called `key`; nil when there is none or this is no object.
  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  var isNull: Bool { if case .null = self { true } else { false } }

  var string: String? { if case .string(let text) = self { text } else { nil } }

  var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }

  var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

  var object: [(key: String, value: JSONValue)]? {
    if case .object(let members) = self { members } else { nil }
  }

  var number: Double? { if case .number(let value) = self { value } else { nil } }

  /// A whole number that fits a token id.
  var token: Int32? { if case .number(let value) = self { Int32(exactly: value) } else { nil } }
}
