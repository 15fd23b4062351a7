/// One embedding per text: `rows` × `columns` float32, row-major.
public struct EmbeddingMatrix: Sendable {
  public let rows: Int
  public let columns: Int
  public let values: [Float]

  /// - Parameter values: `rows · columns` finite numbers.
  /// - Throws: `EvaluationError` when the count differs or a number is not finite.
  public init(rows: Int, columns: Int, values: [Float]) throws {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard rows >= 0, columns > 0, !overflow, count == values.count else {
      throw EvaluationError(
        problem: "\(values.count) numbers are no matrix of \(rows) rows and \(columns) columns",
        remedy: "pass one row of equal length per text")
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw EvaluationError(
        problem: "the embedding of text \(index / columns) is not finite",
        remedy: "look for a table that overflows, or for NaN in the model's weights")
    }
    self.rows = rows
    self.columns = columns
    self.values = values
  }
}
