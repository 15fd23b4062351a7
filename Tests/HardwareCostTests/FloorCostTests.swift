import LookupTables
import Testing

@testable import HardwareCost

/// max(0, y) is paid for where a table needs it.
@Suite struct FloorCostTests {
  /// Two lines on [0, 1], the first through (0, `start`) and (½, ½).
  private func table(
    _ format: NumberFormat, from start: Double, isNonNegative: Bool = true
  ) throws -> LookupTable {
    try LookupTable(
      rounding: PiecewiseLinear(
        breakpoints: [0.5], slopes: [1 - 2 * start, 1], intercepts: [start, 0]), lowerBound: 0,
      upperBound: 1, left: .clamp, right: .clamp, format: format, isNonNegative: isNonNegative)
  }

  @Test(arguments: NumberFormat.allCases)
  func aTableThatDipsPaysAGateForEachBit(format: NumberFormat) throws {
    let above = try table(format, from: 0.25)
    let below = try table(format, from: -0.25)
    #expect(!above.dips && below.dips)
    let plain = try AnalyticModel.report(for: [above])
    let floored = try AnalyticModel.report(for: [below])
    let gates = 0.0875 * Double(format.bits)
    for cost in [\HardwareReport.programmable, \.hardwired] {
      let (one, other) = (plain[keyPath: cost], floored[keyPath: cost])
      #expect(abs(other.area.arithmetic - one.area.arithmetic - gates) < 0.11)
      #expect(other.area.storage == one.area.storage && other.area.select == one.area.select)
      #expect(other.delayPicoseconds - one.delayPicoseconds == (format.isInteger ? 30 : 0))
    }
    #expect(
      abs(AnalyticModel.hardwiredArea(of: below) - AnalyticModel.hardwiredArea(of: above) - gates)
        < 1e-9)
    #expect(!plain.units[0].hasFloor && floored.units[0].hasFloor)
  }

  /// Results that may be negative have no floor, however far they go down.
  @Test func aTableThatMayBeNegativePaysNothing() throws {
    let negative = try table(.int32, from: -0.25, isNonNegative: false)
    let report = try AnalyticModel.report(for: [negative])
    #expect(try report == AnalyticModel.report(for: [table(.int32, from: 0.25)]))
  }

  /// The unit of one format pays once, for whichever of its tables dips; that of another does not.
  @Test func aUnitPaysOnceForAllItsTables() throws {
    let above = try table(.int32, from: 0.25)
    let below = try table(.int32, from: -0.25)
    let other = try table(.fp16, from: 0.25)
    let plain = try AnalyticModel.report(for: [above, above, other])
    let mixed = try AnalyticModel.report(for: [above, below, other])
    #expect(mixed.units.map(\.format) == [.fp16, .int32])
    #expect(mixed.units.map(\.hasFloor) == [false, true])
    #expect(mixed.units[0] == plain.units[0])
    #expect(
      abs(mixed.programmable.area.total - plain.programmable.area.total - 0.0875 * 32) < 0.11)
  }

  /// In a deep integer unit the selection is the longest stage, and the floor hides behind it.
  @Test func theFloorHidesBehindADeepSelection() throws {
    let deep = UnitShape(format: .int32, entries: 256, hasFloor: true)
    #expect(
      DelayModel().programmable(deep)
        == DelayModel().programmable(UnitShape(format: .int32, entries: 256)))
  }
}
