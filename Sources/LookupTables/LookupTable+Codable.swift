extension LookupTable: Codable {
  private enum CodingKeys: String, CodingKey {
    case format, numbers, lowerBound, upperBound, left, right, scaling, scaledFunction
    case isNonNegative
  }

  /// - Throws: `DecodingError`, or ``TableError`` as the initialiser does: what was decoded is as
  ///   valid as any other table.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let format = try container.decode(NumberFormat.self, forKey: .format)
    let arithmetic: TableArithmetic =
      switch format {
      case .fp32: .fp32(try container.decode(FloatEntries.self, forKey: .numbers))
      case .fp16: .fp16(try container.decode(HalfEntries.self, forKey: .numbers))
      case .int32, .int16, .int8:
        .integer(
          try IntegerEntries(from: container.superDecoder(forKey: .numbers), format: format))
      }
    try self.init(
      arithmetic: arithmetic,
      lowerBound: container.decodeExactFloat(forKey: .lowerBound),
      upperBound: container.decodeExactFloat(forKey: .upperBound),
      left: container.decode(Tail.self, forKey: .left),
      right: container.decode(Tail.self, forKey: .right),
      scaling: container.decode(InputScaling.self, forKey: .scaling),
      scaledFunction: container.decodeIfPresent(ScaledFunction.self, forKey: .scaledFunction),
      isNonNegative: container.decode(Bool.self, forKey: .isNonNegative))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(format, forKey: .format)
    switch arithmetic {
    case .fp32(let numbers): try container.encode(numbers, forKey: .numbers)
    case .fp16(let numbers): try container.encode(numbers, forKey: .numbers)
    case .integer(let numbers): try numbers.encode(to: container.superEncoder(forKey: .numbers))
    }
    try container.encodeExact(lowerBound, forKey: .lowerBound)
    try container.encodeExact(upperBound, forKey: .upperBound)
    try container.encode(left, forKey: .left)
    try container.encode(right, forKey: .right)
    try container.encode(scaling, forKey: .scaling)
    try container.encodeIfPresent(scaledFunction, forKey: .scaledFunction)
    try container.encode(isNonNegative, forKey: .isNonNegative)
  }
}
