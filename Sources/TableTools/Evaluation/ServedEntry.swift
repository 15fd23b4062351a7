import LookupTables

/// Which of a table's entries answers an input.
enum ServedEntry: Hashable {
  /// From 0.
  case entry(Int)
  /// The constant beside the domain.
  case leftConstant, rightConstant
  /// No entry: NaN, and what range reduction answers with 0.
  case none

  init(of x: Float, in table: LookupTable) {
    guard !x.isNaN, let u = table.reducedInput(x) else {
      self = .none
      return
    }
    switch table.arithmetic {
    case .fp32(let numbers):
      self.init(
        of: u, from: table.lowerBound, to: table.upperBound, among: numbers.breakpoints, table)
    case .fp16(let numbers):
      self.init(
        of: HalfEntries.quantized(u), from: HalfEntries.quantized(table.lowerBound),
        to: HalfEntries.quantized(table.upperBound), among: numbers.breakpoints, table)
    case .integer(let numbers):
      self.init(
        of: numbers.quantizedInput(u), from: numbers.quantizedInput(table.lowerBound),
        to: numbers.quantizedInput(table.upperBound), among: numbers.breakpoints, table)
    }
  }

  private init<Value: Comparable>(
    of u: Value, from lower: Value, to upper: Value, among breakpoints: [Value],
    _ table: LookupTable
  ) {
    var u = u
    if u < lower {
      if case .constant = table.left {
        self = .leftConstant
        return
      }
      if table.left == .clamp { u = lower }
    } else if u > upper {
      if case .constant = table.right {
        self = .rightConstant
        return
      }
      if table.right == .clamp { u = upper }
    }
    self = .entry(breakpoints.filter { $0 <= u }.count)
  }

  var words: String {
    switch self {
    case .entry(let index): String(index)
    case .leftConstant: "left"
    case .rightConstant: "right"
    case .none: "–"
    }
  }
}

extension LookupTable {
  /// Step 2, as docs/tables.md has it: nil where the result is 0 without the table.
  fileprivate func reducedInput(_ x: Float) -> Float? {
    switch scaling {
    case .none: return x
    case .paper: return x < 1 ? 1024 * x : x
    case .exponent:
      guard x > 0, x.isFinite else { return nil }
      let normal = max(x, .leastNormalMagnitude)
      let isOdd = scaledFunction == .rsqrt && normal.exponent % 2 != 0
      return isOdd ? 2 * normal.significand : normal.significand
    }
  }
}
