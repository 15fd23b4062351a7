import Approximation
import LookupTables

/// Everything that pins a table's result but its numbers (docs/tables.md). Floating-point numbers are
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
  /// Whether a line dips below 0 inside the domain, so that a consumer must apply max(0, y); nil in
  /// artifacts of older versions, whose tables say it themselves (`LookupTable.dips`).
  public var dips: Bool?
  /// Present exactly when ``format`` is one of integers.
  public var shifts: IntegerShifts?

  /// The two shifts of integer arithmetic and its two scales. A scale that is a power of two is
  /// given by its fraction bits, any other by the text of its step; never by both.
  public struct IntegerShifts: Hashable, Codable, Sendable {
    /// The input step is 2^−fx.
    public var fx: Int?
    /// The real value of one unit of the input.
    public var inputStep: String?
    public var s: Int
    public var r: Int
    /// The output step is 2^−fy.
    public var fy: Int?
    /// The real value of one unit of the result.
    public var outputStep: String?

    public init(_ numbers: IntegerEntries) {
      fx = numbers.inputFractionBits
      inputStep = fx == nil ? numbers.input.step.description : nil
      s = numbers.interceptShift
      r = numbers.resultShift
      fy = numbers.outputFractionBits
      outputStep = fy == nil ? numbers.output.step.description : nil
    }

    /// The scales that these facts name.
    /// - Throws: ``ArtifactError`` when one is named twice or not at all, `TableError` when it is
    ///   out of range.
    public func scales() throws -> (input: IntegerScale, output: IntegerScale) {
      func scale(_ bits: Int?, _ step: String?, _ what: String) throws -> IntegerScale {
        switch (bits, step.flatMap(Float.init)) {
        case (let bits?, nil) where step == nil: return try IntegerScale(fractionBits: bits)
        case (nil, let step?): return try IntegerScale(step: step)
        default:
          throw ArtifactError(
            problem: "the \(what) scale must be given either by its fraction bits or by its step",
            remedy: "fetch the artifact again")
        }
      }
      return (try scale(fx, inputStep, "input"), try scale(fy, outputStep, "output"))
    }
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
    dips = table.dips
    if case .integer(let numbers) = table.arithmetic { shifts = IntegerShifts(numbers) }
  }
}

extension TableFacts {
  /// Whether these facts are those of a table: all of them, but for one that an older version did not
  /// write.
  public func agree(with table: TableFacts) -> Bool {
    var known = table
    if dips == nil { known.dips = nil }
    return self == known
  }
}
