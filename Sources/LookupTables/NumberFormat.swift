/// How a table's numbers are stored and how its arithmetic rounds (docs/tables.md).
public enum NumberFormat: String, Codable, CaseIterable, Sendable {
  /// IEEE binary32: ``FloatEntries``.
  case fp32
  /// IEEE binary16: ``HalfEntries``.
  case fp16
  /// 32-bit integers between two scales: ``IntegerEntries``.
  case int32
  /// 16-bit integers between two scales: ``IntegerEntries``.
  case int16
  /// 8-bit integers between two scales: ``IntegerEntries``.
  case int8

  /// Bits of one stored number.
  public var bits: Int {
    switch self {
    case .fp32, .int32: 32
    case .fp16, .int16: 16
    case .int8: 8
    }
  }

  /// Whether tables compute in integers, between an input scale and an output scale.
  public var isInteger: Bool {
    switch self {
    case .fp32, .fp16: false
    case .int32, .int16, .int8: true
    }
  }

  /// The integers of an integer format; those of 32 bits for the others.
  public var integers: ClosedRange<Int32> {
    let largest = Int32.max >> Int32(isInteger ? 32 - bits : 0)
    return ~largest...largest
  }
}
