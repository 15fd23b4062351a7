/// Finitely many lines over finitely many points, and what each line costs at each point.
///
/// A line is a slope and an intercept, both counted on their grids. How a line is evaluated is the
/// bank's own affair: in real numbers, or in a number format with its rounding and saturation.
protocol GridLineBank {
  /// What a point admits at a given limit; worked out once a point, for all slopes.
  associatedtype Window

  /// Points, ascending in their input; at least one.
  var pointCount: Int { get }
  /// Slopes, ascending.
  var slopeCount: Int { get }
  /// Intercepts of each slope, ascending.
  var interceptCount: Int { get }

  /// A number that no line's cost at the point is below; not negative.
  func floor(at point: Int) -> Double

  func window(at point: Int, limit: Double) -> Window

  /// The intercepts with which lines of the slope may cost at most the window's limit: all those
  /// that do, others at will.
  func candidates(slope: Int, point: Int, window: Window) -> Range<Int>

  /// A line that might alone cost no more than every point's floor together, where the bank can tell
  /// without a search: then it is the best table.
  func bestLine(costing floor: Double) -> GridLinePiece?

  /// Infinite where the line must not serve the point (an anchor that it misses).
  func cost(slope: Int, intercept: Int, point: Int) -> Double
}

extension GridLineBank {
  func bestLine(costing floor: Double) -> GridLinePiece? { nil }
}

/// How the costs of the points add up to the cost of a table.
enum CostMerging {
  case sum, maximum
}

/// A line that serves the points from `start` to the next piece's.
struct GridLinePiece: Hashable {
  var start: Int
  /// Indices in the bank.
  var slope: Int
  var intercept: Int
}
