import LookupTables

extension AnalyticModel {
  /// A unit with registers for one table.
  static func programmable(_ shape: UnitShape) -> UnitCost {
    cost(
      area: AreaModel.shared.programmable(shape), delay: DelayModel().programmable(shape),
      latency: latency(of: shape))
  }

  /// A unit with all these tables wired in. They share the multiplier and adder.
  /// - Parameters:
  ///   - shapes: All of one format, in a fixed order, so that the sum has the same bits every time.
  ///   - largest: The shape of the largest table.
  static func hardwired(_ shapes: [UnitShape], largest: UnitShape) -> UnitCost {
    let model = AreaModel.shared
    return cost(
      area: AreaBreakdown(
        storage: 0, select: shapes.map(model.wiredSelect).reduce(0, +),
        arithmetic: model.wiredArithmetic(largest)),
      delay: DelayModel().hardwired(largest), latency: latency(of: largest))
  }

  private static func latency(of shape: UnitShape) -> Int { shape.format.isInteger ? 2 : 3 }

  /// Areas are given to a tenth of a µm², delays to a ps: the model knows no more.
  private static func cost(area: AreaBreakdown, delay: Double, latency: Int) -> UnitCost {
    UnitCost(
      level: .analytic,
      area: AreaBreakdown(
        storage: tenths(area.storage), select: tenths(area.select),
        arithmetic: tenths(area.arithmetic)),
      delayPicoseconds: delay.rounded(), latencyCycles: latency, initiationInterval: 1,
      energyPicojoules: nil)
  }

  static func tenths(_ area: Double) -> Double { (area * 10).rounded() / 10 }

  static var measuredPoints: [ModelFit.Point] {
    func wired(_ format: NumberFormat) -> UnitCost {
      let shape = UnitShape(format: format, entries: 16)
      return hardwired([shape], largest: shape)
    }
    func loaded(_ format: NumberFormat, isEqualWidth: Bool = false) -> UnitCost {
      programmable(UnitShape(format: format, entries: 16, isEqualWidth: isEqualWidth))
    }
    func point(_ unit: SynthesisedUnit, _ model: UnitCost, isFitted: Bool = true)
      -> ModelFit.Point
    {
      ModelFit.Point(
        unit: unit.name, measuredArea: unit.area, modelledArea: model.area.total,
        measuredDelay: unit.delay, modelledDelay: model.delayPicoseconds, isFitted: isFitted)
    }
    return [
      point(.int32Programmable, loaded(.int32)),
      point(.int32Hardwired, wired(.int32)),
      point(.int32EqualWidth, loaded(.int32, isEqualWidth: true)),
      point(.int8Programmable, loaded(.int8)),
      point(.int8Hardwired, wired(.int8)),
      point(.fp32Programmable, loaded(.fp32)),
      point(.fp16Programmable, loaded(.fp16)),
      point(.fp16Hardwired, wired(.fp16), isFitted: false),
    ]
  }
}
