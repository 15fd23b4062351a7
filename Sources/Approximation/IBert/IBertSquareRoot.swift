/// I-BERT's integer square root, Algorithm 4, I-SQRT: Newton's method from a power of two above the
/// root, downwards until it stops falling.
public struct IBertSquareRoot: Hashable, Sendable {
  public init() {}

  /// - Parameter n: What is below 0 counts as 0.
  /// - Returns: ⌊√n⌋. Of n · S it is the root in units of √S.
  public func callAsFunction(_ n: Int64) -> Int64 {
    guard n > 0 else { return 0 }
    let bits = Int64.bitWidth - n.leadingZeroBitCount
    // 2^⌈bits / 2⌉ > √n.
    var x = Int64(1) << Int64((bits + 1) / 2)
    while true {
      let next = (x + n / x) >> 1
      if next >= x { return x }
      x = next
    }
  }
}

/// The one division of I-BERT's Softmax and LayerNorm: ⌊2^k / n⌋, by which each element of a row is
/// then multiplied.
public struct IBertDivision: Hashable, Sendable {
  /// k: 32 in Softmax, 31 in LayerNorm.
  public let numeratorBits: Int

  /// - Parameter numeratorBits: Counts as the nearest of `1...62`.
  public init(numeratorBits: Int) { self.numeratorBits = min(max(numeratorBits, 1), 62) }

  /// - Parameter n: What is below 1 counts as 1.
  /// - Returns: ⌊2^k / n⌋. Of n · S it is the reciprocal in units of 2^−k / S.
  public func callAsFunction(_ n: Int64) -> Int64 {
    (Int64(1) << Int64(numeratorBits)) / max(n, 1)
  }
}

/// I-BERT's LayerNorm without its affine part, with the widths of the authors' program: the sum of
/// squares kept within 32 bits by a shift, one root and one division ⌊2^31 / σ⌋ a row. So the result
/// has the fewer bits the wider the inputs spread: with a root of the sum of squares above 2^31 it
/// is 0.
public struct IBertLayerNorm: Hashable, Sendable {
  public init() {}

  /// What one unit of a result stands for: √width · 2^−30.
  /// - Parameter width: Elements of a row.
  public static func outputScale(width: Int) -> Double {
    Double(width).squareRoot() * 0x1p-30
  }

  /// - Parameter row: Integers of one scale, which cancels out; at most 2^24 of them.
  /// - Returns: (q − mean) / standard deviation in units of ``outputScale(width:)``; zeros where all
  ///   are equal.
  public func callAsFunction(_ row: [Int32]) -> [Int64] {
    guard !row.isEmpty else { return [] }
    let width = Int64(row.count)
    let doubled = 2 * row.reduce(Int64(0)) { $0 + Int64($1) } + width
    // ⌊sum / width + 1/2⌋; division truncates towards zero.
    let mean = doubled / (2 * width) - (doubled % (2 * width) < 0 ? 1 : 0)
    let centred = row.map { Int64($0) - mean }
    var shift = Int64(0)
    while true {
      let largest = centred.reduce(Int64(0)) { max($0, ($1 >> shift).magnitude64) }
      // Below 2^19 no sum of 2^24 squares overflows 64 bits.
      if largest < 1 << 19 {
        let squares = centred.reduce(Int64(0)) { $0 + ($1 >> shift) * ($1 >> shift) }
        if squares < 1 << 32 {
          let deviation = IBertSquareRoot()(squares) << shift
          let factor = IBertDivision(numeratorBits: 31)(deviation)
          return centred.map { ($0 * factor) >> 1 }
        }
      }
      shift += 1
    }
  }
}

extension Int64 {
  /// |self| of a number above −2^63.
  fileprivate var magnitude64: Int64 { self < 0 ? -self : self }
}
