/// Embeddings among a model's outputs, read as they are needed.
struct EmbeddingRows {
  private let outputs: OutputRows
  let columns: Int

  /// - Throws: `EvaluationError` when there are none.
  init(_ outputs: OutputRows) throws {
    self.outputs = outputs
    columns = (0..<outputs.count).lazy.map(outputs.length).first { $0 > 0 } ?? 0
    guard columns > 0 else { throw Self.misfit }
  }

  private static var misfit: EvaluationError {
    EvaluationError(
      problem: "the embeddings have different lengths",
      remedy: "pass one row of equal length per text")
  }

  /// - Throws: `EvaluationError` when the row is no embedding or cannot be read.
  func row(_ row: Int) throws -> [Float] {
    guard outputs.length(of: row) == columns else { throw Self.misfit }
    return Array(try outputs.row(row))
  }

  /// The row at Euclidean length 1; zeros stay so.
  /// - Throws: as ``row(_:)``.
  func unit(_ row: Int) throws -> [Float] {
    var values = try self.row(row)
    Self.scale(&values, 0..<columns)
    return values
  }

  /// Rows at length 1, one after the other.
  /// - Throws: as ``row(_:)``.
  func units(_ rows: Range<Int>) throws -> [Float] {
    guard rows.allSatisfy({ outputs.length(of: $0) == columns }) else { throw Self.misfit }
    var values = Array(try outputs.values(of: rows))
    for row in 0..<rows.count { Self.scale(&values, row * columns..<(row + 1) * columns) }
    return values
  }

  private static func scale(_ values: inout [Float], _ span: Range<Int>) {
    values.withUnsafeMutableBufferPointer { buffer in
      var sum = 0.0
      for index in span { sum += Double(buffer[index]) * Double(buffer[index]) }
      guard sum > 0 else { return }
      let inverse = 1 / sum.squareRoot()
      for index in span { buffer[index] = Float(Double(buffer[index]) * inverse) }
    }
  }
}
