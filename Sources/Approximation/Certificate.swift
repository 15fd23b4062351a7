/// A number that no table of the same kind can beat, and what proves it.
public struct ProvenBound: Hashable, Sendable {
  /// In the objective's own unit: a largest error, or a mean squared one.
  public var value: Double
  public var witness: BoundWitness

  public init(value: Double, witness: BoundWitness) {
    self.value = value
    self.witness = witness
  }
}

/// How a bound can be checked again by somebody who does not trust us (docs/tables.md).
public enum BoundWitness: Hashable, Sendable {
  /// At least N ascending triples x₁ < x₂ < x₃ whose spans do not overlap: on each, no line comes
  /// closer to the function than the bound, and N − 1 breakpoints leave one triple to a single line.
  /// When the last line is y = x: one triple less, then a single position that this line misses.
  case alternations([[Double]])
  /// Edges of cells: the dynamic programme over them in which a cell with one breakpoint costs at
  /// least what its cheaper neighbour would pay for it, and a cell with several costs nothing.
  case cells([Double])
  /// Ascending positions: no path of N links passes f within less than the bound at all of them.
  case tube([Double])
  /// The exact programme over all inputs and all lines of the number format.
  case exhaustive
}

/// What a table achieves and how close that is to the best possible.
public struct Certificate: Hashable, Sendable {
  public var objective: Objective
  /// Whether the lines of the tables that the bound speaks of must meet.
  public var continuity: Continuity
  /// N of those tables.
  public var entries: Int
  /// The table's domain.
  public var lower: Double
  public var upper: Double
  /// What the bound's tables pass through.
  public var anchors: [Anchor]
  /// Whether their last line is y = x.
  public var endsOnIdentity: Bool
  /// Whether errors are weighted by what was received, instead of evenly.
  public var isWeighted: Bool
  /// What becomes of their results below 0; free tables may always dip.
  public var floor: FloorRule
  /// What relative errors are divided by at least, in the function's unit; nil for absolute ones.
  public var relativeFloor: Double?
  /// The largest error of the rounded table on the true function, in units of the objective's
  /// tolerance: relative when the objective is, and for a weighted largest error times the inputs'
  /// density as a share of the greatest one, single values counting 1 and no place below a millionth.
  public var maximumError: Double
  /// The mean of the table's squared error, relative when the objective is, under the one measure of
  /// fits, errors and bounds: the weights inside the domain, those of scaled inputs times the square of
  /// the factor that scales results back, and a millionth of their sum evenly on all the domain,
  /// divided by the inputs' mass and a millionth of it.
  public var meanSquaredError: Double
  /// For tables under the same constraints.
  public var bound: ProvenBound
  /// For tables without anchors and with free outer lines.
  public var freeBound: ProvenBound

  /// What is achieved, in the objective's unit.
  public var achieved: Double { objective.isMaximum ? maximumError : meanSquaredError }
  /// Achieved divided by the bound; at least 1 up to rounding. Where nothing better than 0 is
  /// proven, 1 for a table without error, else infinite.
  public var ratio: Double { Self.ratio(achieved, bound) }
  public var freeRatio: Double { Self.ratio(achieved, freeBound) }

  /// Whether the ratio is so large that a user should look at the table before trusting it.
  public var isFarFromBound: Bool { ratio > 10 && ratio.isFinite }

  /// What proves the certificate wrong by itself: an error below what no table beats; nil when there is
  /// none.
  public var contradiction: String? {
    guard achieved < bound.value * (1 - Self.rounding) else { return nil }
    return "its error \(achieved) is below the bound \(bound.value), which is therefore not proven"
  }

  /// What sums and differences of the same numbers may differ by.
  static let rounding = 1e-9

  private static func ratio(_ achieved: Double, _ bound: ProvenBound) -> Double {
    bound.value > 0 ? achieved / bound.value : achieved == 0 ? 1 : .infinity
  }
}
