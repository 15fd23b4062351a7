import LookupTables

/// Tables of every kind, and the inputs that find their edges.
enum TableSamples {
  /// The chords of `function` over equal pieces of `[lower, upper]`.
  static func chords(
    _ function: (Double) -> Double, from lower: Double, to upper: Double, entries: Int
  ) throws -> PiecewiseLinear {
    let knots = (0...entries).map { lower + (upper - lower) * Double($0) / Double(entries) }
    let slopes = zip(knots, knots.dropFirst()).map { (function($1) - function($0)) / ($1 - $0) }
    let intercepts = zip(knots, slopes).map { function($0) - $0 * $1 }
    return try PiecewiseLinear(
      breakpoints: Array(knots.dropFirst().dropLast()), slopes: slopes, intercepts: intercepts)
  }

  /// Like gelu: 0 on the left, `y = x` exactly in the last entry.
  static func gelu(
    entries: Int, format: NumberFormat, scales: IntegerScales = .powerOfTwo
  ) throws -> LookupTable {
    let inner = try chords({ $0 * max(0, min(1, 0.5 + $0 / 6)) }, from: -4, to: 4, entries: entries)
    let ideal = try PiecewiseLinear(
      breakpoints: inner.breakpoints, slopes: inner.slopes.dropLast() + [1],
      intercepts: inner.intercepts.dropLast() + [0])
    return try LookupTable(
      rounding: ideal, lowerBound: -4, upperBound: 4, left: .constant(0), right: .line,
      format: format, isNonNegative: false, scales: scales)
  }

  static func reciprocal(
    entries: Int, format: NumberFormat, scaling: InputScaling = .none,
    scales: IntegerScales = .powerOfTwo
  ) throws -> LookupTable {
    let upper: Double = scaling == .exponent ? 2 : 1024
    return try LookupTable(
      rounding: chords({ 1 / $0 }, from: 1, to: upper, entries: entries), lowerBound: 1,
      upperBound: upper, left: .clamp, right: .clamp, format: format, scaling: scaling,
      scaledFunction: scaling == .none ? nil : .reciprocal, isNonNegative: true, scales: scales)
  }

  static func rsqrt(
    entries: Int, format: NumberFormat, scaling: InputScaling = .none,
    scales: IntegerScales = .powerOfTwo
  ) throws -> LookupTable {
    let (lower, upper): (Double, Double) = scaling == .exponent ? (1, 4) : (0.1, 1024)
    return try LookupTable(
      rounding: chords(
        { 1 / $0.squareRoot() }, from: lower, to: upper, entries: entries), lowerBound: lower,
      upperBound: upper, left: .clamp, right: .clamp, format: format, scaling: scaling,
      scaledFunction: scaling == .none ? nil : .rsqrt, isNonNegative: true, scales: scales)
  }

  /// Any lines between any breakpoints, with equal ones, negative results and zero slopes.
  static func random(
    entries: Int, format: NumberFormat, left: Tail, right: Tail, isNonNegative: Bool,
    scales: IntegerScales = .powerOfTwo, using generator: inout SeededGenerator
  ) throws -> LookupTable {
    var breakpoints = (1..<entries).map { _ in Double.random(in: -9...9, using: &generator) }
    breakpoints.sort()
    if entries > 3 { breakpoints[1] = breakpoints[2] }
    var slopes = (0..<entries).map { _ in Double.random(in: -3...3, using: &generator) }
    if Bool.random(using: &generator) { slopes[0] = 0 }
    if Bool.random(using: &generator) { slopes[entries - 1] = -0.0 }
    let ideal = try PiecewiseLinear(
      breakpoints: breakpoints, slopes: slopes,
      intercepts: slopes.map { _ in Double.random(in: -5...5, using: &generator) })
    return try LookupTable(
      rounding: ideal, lowerBound: -8, upperBound: 7.5, left: left, right: right, format: format,
      isNonNegative: isNonNegative, scales: scales)
  }

  /// Lines whose products overflow fp16, just (3 · 21840 is 65520) and by far, and would come back
  /// with the intercept.
  static func steep(format: NumberFormat) throws -> LookupTable {
    try LookupTable(
      rounding: PiecewiseLinear(
        breakpoints: [0], slopes: [-3, 3], intercepts: [-60000, -60000]), lowerBound: -100,
      upperBound: 100, left: .line, right: .line, format: format, isNonNegative: false)
  }

  /// Every format, with both kinds of scales where it has them.
  static let kinds: [(format: NumberFormat, scales: IntegerScales)] = NumberFormat.allCases.flatMap
  {
    format in (format.isInteger ? IntegerScales.allCases : [.powerOfTwo]).map { (format, $0) }
  }

  /// Every format, kind of scales, scaling, tail and search depth.
  static func all(using generator: inout SeededGenerator) throws -> [LookupTable] {
    var tables: [LookupTable] = []
    let tails: [Tail] = [.clamp, .line, .constant(0), .constant(-1.75)]
    for (format, scales) in kinds {
      tables.append(try steep(format: format))
      for entries in [2, 3, 8, 9, 16, 17, 64, 256] {
        tables.append(try gelu(entries: entries, format: format, scales: scales))
        for (index, left) in tails.enumerated() {
          tables.append(
            try random(
              entries: entries, format: format, left: left, right: tails[(index + entries) % 4],
              isNonNegative: index % 2 == 0, scales: scales, using: &generator))
        }
      }
      for entries in [2, 8, 16, 256] {
        for scaling in InputScaling.allCases {
          tables.append(
            try rsqrt(entries: entries, format: format, scaling: scaling, scales: scales))
        }
        for scaling in [InputScaling.none, .exponent] {
          tables.append(
            try reciprocal(entries: entries, format: format, scaling: scaling, scales: scales))
        }
      }
    }
    return tables
  }

  private static let halfLimits: [Float16] = [
    0, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude.nextDown, 32768,
  ]

  /// Breakpoints, bounds and powers of two with their neighbours, and every special number.
  static func edges(of table: LookupTable) -> [Float] {
    var points: [Float] = [table.lowerBound, table.upperBound, 0, 1, 2, 4, 0.5, 1 / 1024]
    switch table.arithmetic {
    case .fp32(let numbers): points += numbers.breakpoints
    case .fp16(let numbers):
      points += (numbers.breakpoints + halfLimits).flatMap { half -> [Float] in
        let (value, next) = (Float(half), Float(half.nextUp))
        return [value, (value + next) / 2, next]  // halfway between two fp16: a tie
      }
    case .integer(let numbers):
      let integers = numbers.format.integers
      let limits = [integers.lowerBound, integers.upperBound, .min, .max, -1, 0, 1]
      let unit = numbers.input.step
      for q in numbers.breakpoints + limits {
        points += [Float(q) * unit, (Float(q) + 0.5) * unit, (Float(q) - 0.5) * unit]
      }
    }
    points += [65504, 65519, 65520, 65536]
    points += points.map { $0 / 1024 }
    var edges = points.flatMap { [$0, $0.nextUp, $0.nextDown, -$0] }
    edges += (-149...127).flatMap { exponent -> [Float] in
      let power = Float(sign: .plus, exponent: exponent, significand: 1)
      return [power, power.nextDown, -power, power * 1.5]
    }
    let patterns: [UInt32] = [
      0, 0x8000_0000, 1, 0x8000_0001, 0x007F_FFFF, 0x0080_0000, 0x7F7F_FFFF, 0xFF7F_FFFF,
      0x7F80_0000, 0xFF80_0000, 0x7F80_0001, 0x7FC0_0000, 0x7FFF_FFFF, 0xFF80_0001, 0xFFC1_2345,
      0xFFFF_FFFF,
    ]
    return edges + patterns.map(Float.init(bitPattern:))
  }
}
