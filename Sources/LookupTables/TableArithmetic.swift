/// The stored numbers of a table, in its number format.
public enum TableArithmetic: Hashable, Sendable {
  case fp32(FloatEntries)
  case fp16(HalfEntries)
  case integer(IntegerEntries)

  public var format: NumberFormat {
    switch self {
    case .fp32: .fp32
    case .fp16: .fp16
    case .integer(let numbers): numbers.format
    }
  }

  /// N, in `2...256`.
  public var entries: Int {
    switch self {
    case .fp32(let numbers): numbers.slopes.count
    case .fp16(let numbers): numbers.slopes.count
    case .integer(let numbers): numbers.slopes.count
    }
  }

  /// The breakpoints in the input's unit: N − 1 in ascending order.
  public var realBreakpoints: [Double] {
    switch self {
    case .fp32(let numbers): numbers.breakpoints.map(Double.init)
    case .fp16(let numbers): numbers.breakpoints.map(Double.init)
    case .integer(let numbers):
      numbers.breakpoints.map { Double($0) * Double(numbers.input.step) }
    }
  }

  /// The slopes in real numbers: N, before any rounding of the arithmetic. Rounded to float64 only
  /// where an integer table's steps are no powers of two.
  public var realSlopes: [Double] {
    switch self {
    case .fp32(let numbers): numbers.slopes.map(Double.init)
    case .fp16(let numbers): numbers.slopes.map(Double.init)
    case .integer(let numbers):
      numbers.slopes.map {
        Double($0) * numbers.outputUnit(shift: -numbers.resultShift) / Double(numbers.input.step)
      }
    }
  }

  /// The intercepts in the output's unit: N, before any rounding of the arithmetic.
  public var realIntercepts: [Double] {
    switch self {
    case .fp32(let numbers): numbers.intercepts.map(Double.init)
    case .fp16(let numbers): numbers.intercepts.map(Double.init)
    case .integer(let numbers):
      numbers.intercepts.map {
        Double($0) * numbers.outputUnit(shift: numbers.interceptShift - numbers.resultShift)
      }
    }
  }
}

extension IntegerEntries {
  /// output.step · 2^shift, exact.
  fileprivate func outputUnit(shift: Int) -> Double {
    Double(output.step) * Double(sign: .plus, exponent: shift, significand: 1)
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
