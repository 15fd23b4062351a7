/// The numbers of an fp32 table. Zeros are stored as +0.
public struct FloatEntries: Hashable, Sendable {
  /// N − 1 finite values in ascending order.
  public let breakpoints: [Float]
  /// N finite values.
  public let slopes: [Float]
  /// N finite values.
  public let intercepts: [Float]

  /// - Throws: ``TableError`` when the counts do not fit, N is not in `2...256`, a number is not
  ///   finite or the breakpoints descend.
  public init(breakpoints: [Float], slopes: [Float], intercepts: [Float]) throws {
    try checkCounts(
      breakpoints: breakpoints.count, slopes: slopes.count, intercepts: intercepts.count)
    guard (breakpoints + slopes + intercepts).allSatisfy(\.isFinite) else {
      throw TableError.notFinite
    }
    try checkAscending(breakpoints)
    self.breakpoints = breakpoints.map(\.positiveZero)
    self.slopes = slopes.map(\.positiveZero)
    self.intercepts = intercepts.map(\.positiveZero)
  }

  /// Multiply, round to nearest even, add, round. A slope of zero adds nothing even to an infinite
  /// input, where 0·∞ would be NaN.
  /// - Parameter u: Any number but NaN, −0 excluded.
  func value(at u: Float) -> Float {
    let index = entryIndex(of: u, among: breakpoints)
    let product = slopes[index] == 0 ? 0 : slopes[index] * u
    return product + intercepts[index]
  }
}

extension FloatEntries: Codable {
  private enum CodingKeys: String, CodingKey { case breakpoints, slopes, intercepts }

  /// - Throws: `DecodingError` or ``TableError`` as the initialiser does.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let limit = PiecewiseLinear.entryLimits.upperBound
    try self.init(
      breakpoints: container.decodeExactFloats(forKey: .breakpoints, limit: limit),
      slopes: container.decodeExactFloats(forKey: .slopes, limit: limit),
      intercepts: container.decodeExactFloats(forKey: .intercepts, limit: limit))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeExact(breakpoints, forKey: .breakpoints)
    try container.encodeExact(slopes, forKey: .slopes)
    try container.encodeExact(intercepts, forKey: .intercepts)
  }
}

extension BinaryFloatingPoint {
  /// −0 becomes +0, all else stays.
  var positiveZero: Self { self == 0 ? 0 : self }
}

extension Float {
  /// 2^exponent, exact.
  /// - Parameter exponent: Must be in `−126...127`.
  static func powerOfTwo(_ exponent: Int) -> Float {
    Float(bitPattern: UInt32(exponent + 127) << 23)
  }
}
