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
    let numbers = try LineNumbers(
      breakpoints: breakpoints, slopes: slopes, intercepts: intercepts
    ).checked()
    self.breakpoints = numbers.breakpoints
    self.slopes = numbers.slopes
    self.intercepts = numbers.intercepts
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
  /// - Throws: `DecodingError` or ``TableError`` as the initialiser does.
  public init(from decoder: any Decoder) throws {
    let numbers = try LineNumbers<Float>(from: decoder)
    try self.init(
      breakpoints: numbers.breakpoints, slopes: numbers.slopes, intercepts: numbers.intercepts)
  }

  public func encode(to encoder: any Encoder) throws {
    try LineNumbers(breakpoints: breakpoints, slopes: slopes, intercepts: intercepts)
      .encode(to: encoder)
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
