/// What a model said of each input: rows of float32, not all of one length (`ModelOutputKind`). In
/// memory, or in a file of `OutputCollector`'s.
public struct OutputRows: Sendable {
  enum Storage: Sendable {
    case memory([Float])
    case file(ScratchFile)
  }

  private let storage: Storage
  /// Where each row begins, and where the last one ends; nil when all rows have `width` values.
  private let starts: [Int]?
  private let width: Int
  public let count: Int
  /// Whether no value is NaN or infinite.
  public let isFinite: Bool

  /// - Parameters:
  ///   - lengths: of each row, 0 or more.
  ///   - values: as many as the lengths together.
  /// - Throws: `EvaluationError` when the numbers do not fit.
  public init(lengths: [Int], values: [Float]) throws {
    try self.init(
      lengths: lengths, storage: .memory(values), values: values.count,
      isFinite: values.allSatisfy(\.isFinite))
  }

  /// - Parameter values: how many `storage` holds.
  init(lengths: [Int], storage: Storage, values: Int, isFinite: Bool) throws {
    var starts = [0]
    starts.reserveCapacity(lengths.count + 1)
    var end = 0
    for length in lengths {
      let (sum, overflow) = end.addingReportingOverflow(length)
      guard length >= 0, !overflow, sum <= values else { throw Self.misfit(values, lengths.count) }
      end = sum
      starts.append(end)
    }
    guard end == values else { throw Self.misfit(values, lengths.count) }
    let width = lengths.first ?? 0
    self.starts = lengths.allSatisfy { $0 == width } ? nil : starts
    self.width = width
    self.storage = storage
    self.isFinite = isFinite
    count = lengths.count
  }

  private static func misfit(_ values: Int, _ rows: Int) -> EvaluationError {
    EvaluationError(
      problem: "\(values) numbers are not the \(rows) rows whose lengths are given",
      remedy: "pass every row's length and values, in the order of the inputs")
  }

  /// - Parameter row: in `0..<count`.
  public func length(of row: Int) -> Int { span(row..<row + 1).count }

  /// One row's values.
  /// - Parameter row: in `0..<count`.
  /// - Throws: `EvaluationError` when the file cannot be read.
  public func row(_ row: Int) throws -> ArraySlice<Float> { try values(of: row..<row + 1) }

  /// The values of several rows, one row after the other.
  /// - Parameter rows: in `0..<count`.
  /// - Throws: `EvaluationError` when the file cannot be read.
  public func values(of rows: Range<Int>) throws -> ArraySlice<Float> {
    switch storage {
    case .memory(let values): values[span(rows)]
    case .file(let file): try file.read(span(rows))[...]
    }
  }

  private func span(_ rows: Range<Int>) -> Range<Int> {
    guard let starts else { return rows.lowerBound * width..<rows.upperBound * width }
    return starts[rows.lowerBound]..<starts[rows.upperBound]
  }
}
