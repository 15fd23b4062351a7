extension PiecewiseLinear: Codable {
  /// - Throws: `DecodingError` or ``TableError`` as the initialiser does.
  public init(from decoder: any Decoder) throws {
    let numbers = try LineNumbers<Double>(from: decoder)
    try self.init(
      breakpoints: numbers.breakpoints, slopes: numbers.slopes, intercepts: numbers.intercepts)
  }

  public func encode(to encoder: any Encoder) throws {
    try LineNumbers(breakpoints: breakpoints, slopes: slopes, intercepts: intercepts)
      .encode(to: encoder)
  }
}
