/// The numbers of N lines and of the breakpoints between them, as fp32 and fp16 tables and ideal
/// functions encode them.
struct LineNumbers<Number: ExactlyCodable>: Codable {
  var breakpoints: [Number]
  var slopes: [Number]
  var intercepts: [Number]

  private enum CodingKeys: String, CodingKey { case breakpoints, slopes, intercepts }

  init(breakpoints: [Number], slopes: [Number], intercepts: [Number]) {
    self.breakpoints = breakpoints
    self.slopes = slopes
    self.intercepts = intercepts
  }

  /// - Throws: `DecodingError` when a number is not finite or there are too many.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let limit = PiecewiseLinear.entryLimits.upperBound
    breakpoints = try container.decodeExactFloats(forKey: .breakpoints, limit: limit)
    slopes = try container.decodeExactFloats(forKey: .slopes, limit: limit)
    intercepts = try container.decodeExactFloats(forKey: .intercepts, limit: limit)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeExact(breakpoints, forKey: .breakpoints)
    try container.encodeExact(slopes, forKey: .slopes)
    try container.encodeExact(intercepts, forKey: .intercepts)
  }

  /// What every stored table keeps to, with zeros as +0.
  /// - Throws: ``TableError`` when the counts do not fit, N is not in `2...256`, a number is not
  ///   finite or the breakpoints descend.
  func checked() throws -> LineNumbers {
    try checkCounts(
      breakpoints: breakpoints.count, slopes: slopes.count, intercepts: intercepts.count)
    guard (breakpoints + slopes + intercepts).allSatisfy(\.isFinite) else {
      throw TableError.notFinite
    }
    try checkAscending(breakpoints)
    return LineNumbers(
      breakpoints: breakpoints.map(\.positiveZero), slopes: slopes.map(\.positiveZero),
      intercepts: intercepts.map(\.positiveZero))
  }
}
