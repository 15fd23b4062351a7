/// Dot products between rows of one matrix, in a fixed order of sums: eight lanes run along the
/// columns, then the lanes are added pairwise, then the columns that are left, one by one.
struct CosineRows {
  private let matrix: EmbeddingMatrix

  /// - Parameter matrix: rows of length 1.
  init(_ matrix: EmbeddingMatrix) { self.matrix = matrix }

  /// Sets `scores[i]` to row `row` · row `others[i]`; `scores` has the size of `others`.
  func fill(_ scores: inout [Float], of row: Int, with others: [Int32]) {
    let columns = matrix.columns
    matrix.values.withUnsafeBytes { raw in
      let query = UnsafeRawBufferPointer(rebasing: raw[Self.bytes(of: row, columns)])
      for (index, other) in others.enumerated() {
        let document = UnsafeRawBufferPointer(rebasing: raw[Self.bytes(of: Int(other), columns)])
        scores[index] = Self.dot(query, document, columns)
      }
    }
  }

  /// Row `left` · row `right`.
  func cosine(_ left: Int, _ right: Int) -> Float {
    var score: [Float] = [0]
    fill(&score, of: left, with: [Int32(clamping: right)])
    return score[0]
  }

  private static func bytes(of row: Int, _ columns: Int) -> Range<Int> {
    row * columns * 4..<(row + 1) * columns * 4
  }

  @inline(__always)
  private static func dot(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, _ columns: Int
  ) -> Float {
    typealias Lanes = SIMD8<Float>
    let step = MemoryLayout<Lanes>.size
    var first = Lanes.zero
    var second = Lanes.zero
    var offset = 0
    while offset + 2 * step <= columns * 4 {
      first +=
        left.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
        * right.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
      second +=
        left.loadUnaligned(fromByteOffset: offset + step, as: Lanes.self)
        * right.loadUnaligned(fromByteOffset: offset + step, as: Lanes.self)
      offset += 2 * step
    }
    let lanes = first + second
    let halves = lanes.lowHalf + lanes.highHalf
    let quarters = halves.lowHalf + halves.highHalf
    var sum = quarters.x + quarters.y
    while offset < columns * 4 {
      sum +=
        left.loadUnaligned(fromByteOffset: offset, as: Float.self)
        * right.loadUnaligned(fromByteOffset: offset, as: Float.self)
      offset += 4
    }
    return sum
  }
}
