/// The real value of one unit of an integer input or output.
///
/// Encoded as `{"fractionBits": n}` where the step is the power of two 2^−n, else as
/// `{"step": "<number>"}`, the number as text that gives the same bits back.
public struct IntegerScale: Hashable, Sendable {
  /// The permitted steps, 2^−126 to 2^96: normal numbers with which every 32-bit integer stands
  /// for a finite float32.
  public static let permittedSteps: ClosedRange<Float> = 0x1p-126...0x1p96

  /// In ``permittedSteps``.
  public let step: Float

  /// - Throws: ``TableError`` when the step is not in ``permittedSteps``.
  public init(step: Float) throws {
    guard Self.permittedSteps.contains(step) else {
      throw TableError.doesNotFit(
        "the step of an integer scale must be in 2^−126 ... 2^96; this one is \(step)")
    }
    self.step = step
  }

  /// The step 2^−fractionBits.
  /// - Throws: ``TableError`` when the number of bits is not in `−96...126`.
  public init(fractionBits: Int) throws {
    guard (-96...126).contains(fractionBits) else {
      throw TableError.doesNotFit(
        "the fraction bits of an integer scale must be in -96...126; these are \(fractionBits)")
    }
    step = .powerOfTwo(-fractionBits)
  }

  /// n where the step is 2^−n, else nil.
  public var fractionBits: Int? { step.significandBitPattern == 0 ? -Int(step.exponent) : nil }

  /// sat(rne(value / step)): the quotient is rounded to float32 as IEEE 754 says, then to the
  /// nearest integer, ties to even, then kept within `integers`. 0 for NaN.
  func quantized(_ value: Float, in integers: ClosedRange<Int32>) -> Int32 {
    let units = (value / step).rounded(.toNearestOrEven)
    if units.isNaN { return 0 }
    if units >= 0x1p31 { return integers.upperBound }
    if units < -0x1p31 { return integers.lowerBound }
    return min(max(Int32(units), integers.lowerBound), integers.upperBound)
  }
}

extension IntegerScale: Codable {
  private enum CodingKeys: String, CodingKey { case fractionBits, step }

  /// - Throws: `DecodingError` when not exactly one of the keys is there, or ``TableError`` as the
  ///   initialisers do.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self = try container.decodeScale(fractionBits: .fractionBits, step: .step)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(self, fractionBits: .fractionBits, step: .step)
  }
}

extension KeyedDecodingContainer {
  /// A scale under one of two keys.
  func decodeScale(fractionBits: Key, step: Key) throws -> IntegerScale {
    guard contains(fractionBits) != contains(step) else {
      throw DecodingError.dataCorruptedError(
        forKey: step, in: self,
        debugDescription: "a scale has either \(fractionBits.stringValue) or \(step.stringValue)")
    }
    return contains(step)
      ? try IntegerScale(step: decodeExactFloat(forKey: step))
      : try IntegerScale(fractionBits: decode(Int.self, forKey: fractionBits))
  }
}

extension KeyedEncodingContainer {
  mutating func encode(_ scale: IntegerScale, fractionBits: Key, step: Key) throws {
    if let bits = scale.fractionBits {
      try encode(bits, forKey: fractionBits)
    } else {
      try encodeExact(scale.step, forKey: step)
    }
  }
}

/// How the two scales of an integer table are chosen where they are not given.
public enum IntegerScales: String, Codable, CaseIterable, Sendable {
  /// The smallest powers of two with which domain and results fit.
  case powerOfTwo = "power-of-two"
  /// The smallest steps, of any value, with which domain and results fit.
  case free
}
