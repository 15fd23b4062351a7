/// What a model said of each input: rows of float32, not all of one length (`ModelOutputKind`).
public struct OutputRows: Sendable {
  /// All rows, one after the other.
  public let values: [Float]
  /// Where each row begins, and where the last one ends; nil when all rows have `width` values.
  private let starts: [Int]?
  private let width: Int
  public let count: Int

  /// - Parameters:
  ///   - lengths: of each row, 0 or more.
  ///   - values: as many as the lengths together.
  /// - Throws: `EvaluationError` when the numbers do not fit.
  public init(lengths: [Int], values: [Float]) throws {
    var starts = [0]
    starts.reserveCapacity(lengths.count + 1)
    var end = 0
    for length in lengths {
      let (sum, overflow) = end.addingReportingOverflow(length)
      guard length >= 0, !overflow, sum <= values.count else {
        throw Self.misfit(values.count, lengths.count)
      }
      end = sum
      starts.append(end)
    }
    guard end == values.count else { throw Self.misfit(values.count, lengths.count) }
    let width = lengths.first ?? 0
    self.starts = lengths.allSatisfy { $0 == width } ? nil : starts
    self.width = width
    self.values = values
    count = lengths.count
  }

  private static func misfit(_ values: Int, _ rows: Int) -> EvaluationError {
    EvaluationError(
      problem: "\(values) numbers are not the \(rows) rows whose lengths are given",
      remedy: "pass every row's length and values, in the order of the inputs")
  }

  /// - Parameter row: in `0..<count`.
  public subscript(row: Int) -> ArraySlice<Float> {
    guard let starts else { return values[row * width..<(row + 1) * width] }
    return values[starts[row]..<starts[row + 1]]
  }

  /// The rows as embeddings.
  /// - Throws: `EvaluationError` when they have different lengths or a number is not finite.
  func matrix() throws -> EmbeddingMatrix {
    guard starts == nil, width > 0 else {
      throw EvaluationError(
        problem: "the embeddings have different lengths",
        remedy: "pass one row of equal length per text")
    }
    return try EmbeddingMatrix(rows: count, columns: width, values: values)
  }

  /// The rows without NaN and infinity, so that they can be judged: a row that holds either says
  /// nothing about its input and becomes zeros. Of masked tokens only the damaged ones are
  /// replaced, by the largest loss that counts (`MaskedTokenLoss.worst`) and a miss.
  /// - Returns: `unusable` is the number of rows that were changed.
  public func usable(as kind: ModelOutputKind) -> (rows: OutputRows, unusable: Int) {
    guard !values.allSatisfy(\.isFinite) else { return (self, 0) }
    var values = values
    var unusable = 0
    for row in 0..<count {
      let span = self[row].indices
      guard !values[span].allSatisfy(\.isFinite) else { continue }
      unusable += 1
      for index in span {
        guard kind == .maskedTokens else {
          values[index] = 0
          continue
        }
        let token = span.lowerBound + (index - span.lowerBound) / 2 * 2
        let isDamaged = !self.values[span][token..<min(token + 2, span.upperBound)].allSatisfy(
          \.isFinite)
        if isDamaged { values[index] = index == token ? Float(MaskedTokenLoss.worst) : 0 }
      }
    }
    return (OutputRows(values: values, starts: starts, width: width, count: count), unusable)
  }

  private init(values: [Float], starts: [Int]?, width: Int, count: Int) {
    self.values = values
    self.starts = starts
    self.width = width
    self.count = count
  }
}
