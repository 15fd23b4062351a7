/// What a table answers outside its domain, on one side (docs/tables.md).
///
/// Encoded as `"clamp"`, `"line"` or `{"constant": "<number>"}`, the number as text that gives the
/// same bits back.
public enum Tail: Hashable, Sendable {
  /// The input is clamped to the domain.
  case clamp
  /// The table's lines go on: what lies outside the domain is looked up like all else.
  case line
  /// A finite constant, selected and never multiplied.
  case constant(Float)
}

extension Tail: Codable {
  private enum CodingKeys: String, CodingKey { case constant }

  /// - Throws: `DecodingError` when the value is no tail or its constant is not finite.
  public init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: CodingKeys.self) {
      self = .constant(try keyed.decodeExactFloat(forKey: .constant))
      return
    }
    let container = try decoder.singleValueContainer()
    switch try container.decode(String.self) {
    case "clamp": self = .clamp
    case "line": self = .line
    default:
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "a tail is \"clamp\", \"line\" or {\"constant\": \"<number>\"}")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .clamp, .line:
      var container = encoder.singleValueContainer()
      try container.encode(self == .clamp ? "clamp" : "line")
    case .constant(let value):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeExact(value, forKey: .constant)
    }
  }
}
