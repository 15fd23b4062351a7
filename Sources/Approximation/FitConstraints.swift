import LookupTables

/// What a table must satisfy beside fitting well. Constraints cost accuracy: a certificate gives
/// the bound with them and without.
public struct FitConstraints: Hashable, Sendable {
  /// What the table answers outside its domain.
  public var tails: TailPolicy
  /// Whether the table is exact at the function's anchors (gelu(0) = 0, exp(0) = 1) and at a bound
  /// to which inputs are clamped, which all inputs beyond it meet.
  public var hasAnchors: Bool
  /// Whether a line may dip below 0 where a negative result becomes 0.
  public var floor: FloorPolicy

  public init(
    tails: TailPolicy = .standard, hasAnchors: Bool = true, floor: FloorPolicy = .use
  ) {
    self.tails = tails
    self.hasAnchors = hasAnchors
    self.floor = floor
  }

  /// No constraint at all: the outer lines go on.
  public static let free = FitConstraints(tails: .line, hasAnchors: false)
}

/// `floor` stands there only where it is not the default.
extension FitConstraints: Codable {
  private enum CodingKeys: String, CodingKey { case tails, hasAnchors, floor }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      tails: try container.decode(TailPolicy.self, forKey: .tails),
      hasAnchors: try container.decode(Bool.self, forKey: .hasAnchors),
      floor: try container.decodeIfPresent(FloorPolicy.self, forKey: .floor) ?? .use)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(tails, forKey: .tails)
    try container.encode(hasAnchors, forKey: .hasAnchors)
    if floor != .use { try container.encode(floor, forKey: .floor) }
  }
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

/// What a table of a function that is never negative makes of rule 5: a negative result becomes 0.
public enum FloorPolicy: String, Codable, CaseIterable, Sendable {
  /// Lines may dip below 0: each such line answers 0 on one side of its root, a piece for nothing.
  case use
  /// No line of the rounded table answers below 0 inside the domain, so that a consumer that does
  /// not know the rule computes the same.
  case avoid
}

/// What becomes of results below 0 in the tables that a bound speaks of.
public enum FloorRule: String, Codable, CaseIterable, Sendable {
  /// Results are what the lines say: the function itself may be negative.
  case none
  /// A negative result becomes 0.
  case zero
  /// A negative result becomes 0, and no line dips below 0 inside the domain.
  case avoided
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
