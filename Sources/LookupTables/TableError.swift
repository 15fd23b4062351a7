/// What is wrong with a table's numbers.
public enum TableError: Error, Hashable, Sendable, CustomStringConvertible {
  case entryCount(Int)
  case countMismatch(breakpoints: Int, slopes: Int, intercepts: Int)
  case notFinite
  case breakpointsDescend
  case domain(lower: Double, upper: Double)
  /// A number does not fit the format; the text says which and what to change.
  case doesNotFit(String)

  public var description: String {
    switch self {
    case .entryCount(let count):
      "a table has 2 to 256 entries, not \(count)"
    case .countMismatch(let breakpoints, let slopes, let intercepts):
      "a table of N entries has N − 1 breakpoints, N slopes and N intercepts; "
        + "these are \(breakpoints), \(slopes) and \(intercepts)"
    case .notFinite:
      "a table's breakpoints, slopes and intercepts must be finite"
    case .breakpointsDescend:
      "a table's breakpoints must not descend"
    case .domain(let lower, let upper):
      "a table's domain must be finite and not empty; this one is [\(lower), \(upper)]"
    case .doesNotFit(let what):
      what
    }
  }
}
