extension IntegerEntries: Codable {
  private enum CodingKeys: String, CodingKey {
    case breakpoints, slopes, intercepts
    case inputFractionBits, interceptShift, resultShift, outputFractionBits
  }

  /// - Throws: `DecodingError` or ``TableError`` as the initialiser does.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let limit = PiecewiseLinear.entryLimits.upperBound
    try self.init(
      breakpoints: container.decodeList(Int32.self, forKey: .breakpoints, limit: limit),
      slopes: container.decodeList(Int32.self, forKey: .slopes, limit: limit),
      intercepts: container.decodeList(Int32.self, forKey: .intercepts, limit: limit),
      inputFractionBits: container.decode(Int.self, forKey: .inputFractionBits),
      interceptShift: container.decode(Int.self, forKey: .interceptShift),
      resultShift: container.decode(Int.self, forKey: .resultShift),
      outputFractionBits: container.decode(Int.self, forKey: .outputFractionBits))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(breakpoints, forKey: .breakpoints)
    try container.encode(slopes, forKey: .slopes)
    try container.encode(intercepts, forKey: .intercepts)
    try container.encode(inputFractionBits, forKey: .inputFractionBits)
    try container.encode(interceptShift, forKey: .interceptShift)
    try container.encode(resultShift, forKey: .resultShift)
    try container.encode(outputFractionBits, forKey: .outputFractionBits)
  }
}
