/// The stored numbers of a table, in its number format.
public enum TableArithmetic: Hashable, Sendable {
  case fp32(FloatEntries)
  case int32(IntegerEntries)

  public var format: NumberFormat {
    switch self {
    case .fp32: .fp32
    case .int32: .int32
    }
  }

  /// N, in `2...256`.
  public var entries: Int {
    switch self {
    case .fp32(let numbers): numbers.slopes.count
    case .int32(let numbers): numbers.slopes.count
    }
  }
}

/// How many breakpoints are at or below `x`: the index of the entry that serves it.
func entryIndex<Value: Comparable>(of x: Value, among breakpoints: [Value]) -> Int {
  var low = 0
  var high = breakpoints.count
  while low < high {
    let middle = (low + high) / 2
    if breakpoints[middle] <= x { low = middle + 1 } else { high = middle }
  }
  return low
}

func checkCounts(breakpoints: Int, slopes: Int, intercepts: Int) throws {
  guard PiecewiseLinear.entryLimits.contains(slopes) else { throw TableError.entryCount(slopes) }
  guard breakpoints == slopes - 1, intercepts == slopes else {
    throw TableError.countMismatch(
      breakpoints: breakpoints, slopes: slopes, intercepts: intercepts)
  }
}

func checkAscending(_ breakpoints: [some Comparable]) throws {
  guard zip(breakpoints, breakpoints.dropFirst()).allSatisfy({ $0 <= $1 }) else {
    throw TableError.breakpointsDescend
  }
}
