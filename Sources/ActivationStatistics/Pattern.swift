/// The upper 16 bits of a float32 pattern: which bfloat16 value a counter stands for.
enum Pattern {
  static let count = 65_536
  static let nan = 0x7FC0
  static let positiveInfinity = 0x7F80
  static let negativeInfinity = 0xFF80

  /// Patterns of finite values by ascending value: ordinal 0 is the most negative bucket.
  static let finiteCount = 2 * 0x7F80

  /// - Parameter ordinal: Must be in `0 ..< finiteCount`.
  static func of(ordinal: Int) -> Int {
    ordinal < 0x7F80 ? 0x8000 + (0x7F7F - ordinal) : ordinal - 0x7F80
  }

  /// - Parameter value: Finite, not −0.
  static func ordinal(of value: Float) -> Int {
    let pattern = Int(value.bitPattern >> 16)
    return pattern < 0x8000 ? 0x7F80 + pattern : 0x7F7F - (pattern - 0x8000)
  }

  /// The values of a bucket lie in `[lower, upper]`; neighbours share an edge.
  /// - Parameter ordinal: Must be in `0 ..< finiteCount`.
  static func bounds(ordinal: Int) -> (lower: Float, upper: Float) {
    let pattern = of(ordinal: ordinal)
    let near = edge(pattern & 0x7FFF)
    let far = edge((pattern & 0x7FFF) + 1)
    return pattern < 0x8000 ? (near, far) : (-far, -near)
  }

  /// The magnitude at which a bucket begins; the last one ends at the largest finite number.
  private static func edge(_ magnitude: Int) -> Float {
    min(Float(bitPattern: UInt32(magnitude) << 16), .greatestFiniteMagnitude)
  }
}
