import LookupTables

/// What a table must satisfy beside fitting well. Constraints cost accuracy: a certificate gives
/// the bound with them and without.
public struct FitConstraints: Hashable, Codable, Sendable {
  /// What the table answers outside its domain.
  public var tails: TailPolicy
  /// Whether the table is exact at the function's anchors (gelu(0) = 0, exp(0) = 1) and at a bound
  /// to which inputs are clamped, which all inputs beyond it meet.
  public var hasAnchors: Bool

  public init(tails: TailPolicy = .standard, hasAnchors: Bool = true) {
    self.tails = tails
    self.hasAnchors = hasAnchors
  }

  /// No constraint at all: the outer lines go on.
  public static let free = FitConstraints(tails: .line, hasAnchors: false)
}

extension FitConstraints {
  /// The tails of a table of the function.
  func tails(of function: ApproximatedFunction) -> (left: Tail, right: Tail) {
    switch tails {
    case .standard: function.defaultTails
    case .clamp: (.clamp, .clamp)
    case .line: (.line, .line)
    }
  }
}

/// How the outside of a table is chosen.
public enum TailPolicy: String, Codable, CaseIterable, Sendable {
  /// The function's own: ``NonlinearFunction/defaultTails``.
  case standard = "default"
  /// Inputs are clamped to the domain on both sides.
  case clamp
  /// The outer lines go on, whatever they are.
  case line
}

/// A point that a table passes through, before its number format rounds it.
public struct Anchor: Hashable, Sendable {
  /// In the table's input unit.
  public var x: Double
  public var y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}
