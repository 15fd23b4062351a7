extension AnalyticModel {
  /// A unit with registers for one table.
  static func programmable(_ shape: UnitShape) -> UnitCost {
    cost(
      area: AreaModel().programmable(shape), delay: DelayModel().programmable(shape),
      latency: latency(of: shape))
  }

  /// A unit with all these tables wired in. They share the multiplier and adder.
  /// - Parameters:
  ///   - shapes: In a fixed order, so that the sum has the same bits every time.
  ///   - largest: The shape of the largest table.
  static func hardwired(_ shapes: [UnitShape], largest: UnitShape) -> UnitCost {
    let model = AreaModel()
    let slopeBits = largest.number == .int32 ? wiredSlopeBits : largest.bits
    return cost(
      area: AreaBreakdown(
        storage: 0,
        select: shapes.map { model.wiredSelect($0, slopeBits: slopeBits) }.reduce(0, +),
        arithmetic: model.arithmetic(largest.number, slopeBits: slopeBits)),
      delay: DelayModel().hardwired(largest), latency: latency(of: largest))
  }

  private static func latency(of shape: UnitShape) -> Int { shape.number == .int32 ? 2 : 3 }

  /// Areas are given to a tenth of a µm², delays to a ps: the model knows no more.
  private static func cost(area: AreaBreakdown, delay: Double, latency: Int) -> UnitCost {
    UnitCost(
      level: .analytic,
      area: AreaBreakdown(
        storage: (area.storage * 10).rounded() / 10, select: (area.select * 10).rounded() / 10,
        arithmetic: (area.arithmetic * 10).rounded() / 10),
      delayPicoseconds: delay.rounded(), latencyCycles: latency, initiationInterval: 1,
      energyPicojoules: nil)
  }

  static var measuredPoints: [ModelFit.Point] {
    func shape(_ number: UnitShape.Number, isEqualWidth: Bool = false) -> UnitShape {
      UnitShape(number: number, entries: 16, isEqualWidth: isEqualWidth)
    }
    func point(_ unit: SynthesisedUnit, _ model: UnitCost, isFitted: Bool = true)
      -> ModelFit.Point
    {
      ModelFit.Point(
        unit: unit.name, measuredArea: unit.area, modelledArea: model.area.total,
        measuredDelay: unit.delay, modelledDelay: model.delayPicoseconds, isFitted: isFitted)
    }
    let int32 = shape(.int32)
    let fp16 = shape(.fp16)
    return [
      point(.int32Programmable, programmable(int32)),
      point(.int32Hardwired, hardwired([int32], largest: int32)),
      point(.int32EqualWidth, programmable(shape(.int32, isEqualWidth: true))),
      point(.fp32Programmable, programmable(shape(.fp32))),
      point(.fp16Programmable, programmable(fp16)),
      point(.fp16Hardwired, hardwired([fp16], largest: fp16), isFitted: false),
    ]
  }
}
