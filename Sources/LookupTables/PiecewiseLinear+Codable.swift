extension PiecewiseLinear: Codable {
  private enum CodingKeys: String, CodingKey { case breakpoints, slopes, intercepts }

  /// - Throws: `DecodingError` or ``TableError`` as the initialiser does.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let limit = Self.entryLimits.upperBound
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
