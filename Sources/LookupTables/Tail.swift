/// What a table answers outside its domain, on one side (DESIGN §5, "the outside").
public enum Tail: Hashable, Codable, Sendable {
  /// The input is clamped to the domain.
  case clamp
  /// The outer entry's own line goes on.
  case line
  /// A constant, selected and never multiplied.
  case constant(Float)
}
