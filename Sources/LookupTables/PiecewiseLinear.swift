/// A piecewise-linear function in real numbers (float64), before a number format rounds it.
///
/// Entry `i` serves `breakpoints[i-1] <= x < breakpoints[i]` and computes
/// `slopes[i] * x + intercepts[i]`. Equal breakpoints are allowed: the entry between is empty.
public struct PiecewiseLinear: Hashable, Sendable {
  /// How many entries a table can have.
  public static let entryLimits = 2...256

  /// N − 1 finite values in ascending order.
  public let breakpoints: [Double]
  /// N finite values.
  public let slopes: [Double]
  /// N finite values.
  public let intercepts: [Double]

  /// - Throws: ``TableError`` when the counts do not fit, N is not in `2...256`, a number is not
  ///   finite or the breakpoints descend.
  public init(breakpoints: [Double], slopes: [Double], intercepts: [Double]) throws {
    try checkCounts(
      breakpoints: breakpoints.count, slopes: slopes.count, intercepts: intercepts.count)
    guard (breakpoints + slopes + intercepts).allSatisfy(\.isFinite) else {
      throw TableError.notFinite
    }
    try checkAscending(breakpoints)
    self.breakpoints = breakpoints
    self.slopes = slopes
    self.intercepts = intercepts
  }

  /// N, in `2...256`; the outer lines count too.
  public var entries: Int { slopes.count }

  /// The value at `x`, computed in float64.
  public func callAsFunction(_ x: Double) -> Double {
    var low = 0
    var high = breakpoints.count
    while low < high {
      let middle = (low + high) / 2
      if breakpoints[middle] <= x { low = middle + 1 } else { high = middle }
    }
    return slopes[low] * x + intercepts[low]
  }
}
