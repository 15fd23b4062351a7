import LookupTables

/// One input and the table's result for it, as float32 patterns: with them another program can check
/// its own arithmetic. Encoded as `["3f800000", "3f575b5f"]`.
public struct TableProbe: Hashable, Sendable {
  public var input: Float
  public var result: Float

  public static func == (left: Self, right: Self) -> Bool {
    left.input.bitPattern == right.input.bitPattern
      && left.result.bitPattern == right.result.bitPattern
  }

  /// A table's results at its bounds and breakpoints, next to them, evenly over the domain and
  /// beyond, and at the extremes of float32.
  static func probes(of table: LookupTable) -> [TableProbe] {
    let lower = table.lowerBound
    let upper = table.upperBound
    let places = [lower, upper] + table.arithmetic.realBreakpoints.map { Float($0) }
    let width = upper - lower
    var inputs: [Float] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
      .leastNormalMagnitude, .leastNonzeroMagnitude, 65_504, 65_520,
    ]
    inputs += places.flatMap { [$0.nextDown, $0, $0.nextUp] }
    if width.isFinite {
      inputs += (0...100).map { lower - 0.1 * width + 0.012 * width * Float($0) }
    }
    var seen: Set<UInt32> = []
    return inputs.filter { !$0.isNaN && seen.insert($0.bitPattern).inserted }
      .map { TableProbe(input: $0, result: table($0)) }
  }
}

extension TableProbe: Codable {
  /// - Throws: `DecodingError` when it is no pair of patterns.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let patterns = try container.decode([String].self).map { text in
      text.utf8.count == 8 ? UInt32(text, radix: 16) : nil
    }
    guard patterns.count == 2, let input = patterns[0], let result = patterns[1] else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a probe is a pair of patterns of eight hexadecimal digits"
      )
    }
    self.input = Float(bitPattern: input)
    self.result = Float(bitPattern: result)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      [input, result].map { number in
        let digits = String(number.bitPattern, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
      })
  }
}
