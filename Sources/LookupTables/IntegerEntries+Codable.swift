// A table's own document says the format; so these numbers are read with it and do not repeat it.
extension IntegerEntries {
  private enum CodingKeys: String, CodingKey {
    case breakpoints, slopes, intercepts
    case inputFractionBits, inputStep, interceptShift, resultShift, outputFractionBits, outputStep
  }

  /// - Throws: `DecodingError` or ``TableError`` as the initialiser does.
  init(from decoder: any Decoder, format: NumberFormat) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let limit = PiecewiseLinear.entryLimits.upperBound
    try self.init(
      format: format,
      breakpoints: container.decodeList(Int32.self, forKey: .breakpoints, limit: limit),
      slopes: container.decodeList(Int32.self, forKey: .slopes, limit: limit),
      intercepts: container.decodeList(Int32.self, forKey: .intercepts, limit: limit),
      input: container.decodeScale(fractionBits: .inputFractionBits, step: .inputStep),
      interceptShift: container.decode(Int.self, forKey: .interceptShift),
      resultShift: container.decode(Int.self, forKey: .resultShift),
      output: container.decodeScale(fractionBits: .outputFractionBits, step: .outputStep))
  }

  /// A scale of a power of two travels as its fraction bits, any other as the text of its step.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(breakpoints, forKey: .breakpoints)
    try container.encode(slopes, forKey: .slopes)
    try container.encode(intercepts, forKey: .intercepts)
    try container.encode(input, fractionBits: .inputFractionBits, step: .inputStep)
    try container.encode(interceptShift, forKey: .interceptShift)
    try container.encode(resultShift, forKey: .resultShift)
    try container.encode(output, fractionBits: .outputFractionBits, step: .outputStep)
  }
}
