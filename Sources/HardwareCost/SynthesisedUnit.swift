/// A unit that was synthesised with ASAP7 (0.7 V, typical corner, no wires), 16 entries where it
/// has a table: area in µm², the longest stage in ps.
struct SynthesisedUnit {
  let name: String
  let area: Double
  let delay: Double
  /// nil: depends on the operation.
  let latency: Int?
  let interval: Int?

  static let int32Programmable = Self(
    name: "int32 programmable", area: 1366, delay: 1150, latency: 2, interval: 1)
  /// With 16-bit slopes.
  static let int32Hardwired = Self(
    name: "int32 hardwired", area: 278, delay: 939, latency: 2, interval: 1)
  static let int8Programmable = Self(
    name: "int8 programmable", area: 384, delay: 739, latency: 2, interval: 1)
  static let int8Hardwired = Self(
    name: "int8 hardwired", area: 73, delay: 618, latency: 2, interval: 1)
  /// A 256 × 8 read-only memory, which serves int8 inputs and results without any table.
  static let int8PlainROMArea = 17.0
  static let fp32Programmable = Self(
    name: "fp32 programmable", area: 1774, delay: 3697, latency: 3, interval: 1)
  static let fp16Programmable = Self(
    name: "fp16 programmable", area: 750, delay: 1927, latency: 3, interval: 1)
  static let fp16Hardwired = Self(
    name: "fp16 hardwired", area: 281, delay: 1935, latency: 3, interval: 1)
  static let int32EqualWidth = Self(
    name: "linear-lut int32 programmable", area: 1030, delay: 1192, latency: 2, interval: 1)

  /// I-BERT's units by the names of ``HardwareReport/rivals``.
  static let rivals = [
    Self(name: "i-gelu", area: 737, delay: 1383, latency: 3, interval: 1),
    Self(name: "i-exp", area: 815, delay: 1783, latency: 4, interval: 1),
    Self(
      name: "i-bert-shared-sequential", area: 1113, delay: 1639, latency: nil, interval: nil),
    Self(
      name: "i-bert-shared-single-cycle", area: 1438, delay: 14153, latency: nil, interval: nil),
  ]

  var cost: UnitCost {
    UnitCost(
      level: .analytic, area: AreaBreakdown(storage: 0, select: 0, arithmetic: area),
      delayPicoseconds: delay, latencyCycles: latency, initiationInterval: interval,
      energyPicojoules: nil)
  }
}
