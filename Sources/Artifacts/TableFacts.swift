import Approximation
import LookupTables

/// Everything that pins a table's result but its numbers (DESIGN §5). Floating-point numbers are
/// text: the shortest decimal that reads back to the same bits.
public struct TableFacts: Hashable, Codable, Sendable {
  public var function: NonlinearFunction
  /// N, in `2...256`.
  public var entries: Int
  public var format: NumberFormat
  public var lowerBound: String
  public var upperBound: String
  public var left: Tail
  public var right: Tail
  public var scaling: InputScaling
  /// Present exactly when ``scaling`` is not `none`.
  public var scaledFunction: ScaledFunction?
  public var isNonNegative: Bool
  /// Present exactly when ``format`` is `int32`.
  public var shifts: IntegerShifts?

  /// The four shifts of integer arithmetic.
  public struct IntegerShifts: Hashable, Codable, Sendable {
    public var fx: Int
    public var s: Int
    public var r: Int
    public var fy: Int
  }

  public init(function: NonlinearFunction, table: LookupTable) {
    self.function = function
    entries = table.entries
    format = table.format
    lowerBound = table.lowerBound.description
    upperBound = table.upperBound.description
    left = table.left
    right = table.right
    scaling = table.scaling
    scaledFunction = table.scaledFunction
    isNonNegative = table.isNonNegative
    if case .int32(let numbers) = table.arithmetic {
      shifts = IntegerShifts(
        fx: numbers.inputFractionBits, s: numbers.interceptShift, r: numbers.resultShift,
        fy: numbers.outputFractionBits)
    }
  }
}
