/// What a fit makes small.
///
/// An error is t(x) − f(x), table against function. A relative one is divided by
/// `max(|f(x)|, 2^−8 · max |f|)`, the maximum taken over the domain: where the function nears zero a
/// relative error says nothing.
public enum Objective: String, Codable, CaseIterable, Sendable {
  /// The weighted mean of the squared error.
  case meanSquare = "mse"
  /// The largest magnitude of the error.
  case maximum = "max"
  case relativeMeanSquare = "relative-mse"
  case relativeMaximum = "relative-max"

  public var isMaximum: Bool { self == .maximum || self == .relativeMaximum }
  public var isRelative: Bool { self == .relativeMeanSquare || self == .relativeMaximum }

  /// The share of the function's largest magnitude below which relative errors count as absolute.
  static let relativeFloor = 0x1p-8
}

/// Whether a table's lines must meet at its breakpoints.
public enum Continuity: String, Codable, CaseIterable, Sendable {
  case continuous, discontinuous
}
