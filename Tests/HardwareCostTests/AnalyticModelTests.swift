import Foundation
import LookupTables
import Testing

@testable import HardwareCost

@Suite struct AnalyticModelTests {
  private func table(entries: Int, format: NumberFormat, slope: Double = 1) throws -> LookupTable {
    try LookupTable(
      rounding: PiecewiseLinear(
        breakpoints: (1..<entries).map { Double($0) / 256 },
        slopes: Array(repeating: slope, count: entries),
        intercepts: Array(repeating: 0.5, count: entries)), lowerBound: 0, upperBound: 1,
      left: .clamp, right: .clamp, format: format, isNonNegative: false)
  }

  @Test func meetsTheMeasuredUnits() throws {
    let int32 = try AnalyticModel.report(for: [table(entries: 16, format: .int32)])
    #expect(abs(int32.programmable.area.total - 1366) < 0.2)
    #expect(int32.programmable.delayPicoseconds == 1150)
    #expect(abs(int32.programmable.area.storage - 1366 / 3) < 0.1)
    #expect(int32.tableBits == 1504)
    #expect(abs(int32.hardwired.area.total - 278) < 0.2)
    #expect(int32.hardwired.delayPicoseconds == 939)
    #expect(int32.hardwired.area.storage == 0)
    #expect(int32.programmable.latencyCycles == 2 && int32.programmable.initiationInterval == 1)

    let fp32 = try AnalyticModel.report(for: [table(entries: 16, format: .fp32)])
    #expect(abs(fp32.programmable.area.total - 1774) < 0.2)
    #expect(fp32.programmable.delayPicoseconds == 3697 && fp32.programmable.latencyCycles == 3)

    let linear = try AnalyticModel.report(
      for: [table(entries: 16, format: .int32)], isEqualWidth: true)
    #expect(abs(linear.programmable.area.total - 1030) < 0.2)
    #expect(linear.programmable.delayPicoseconds == 1192)
  }

  /// Only an integer can be shifted into an index.
  @Test func floatingPointPiecesOfEqualWidthKeepTheirBreakpoints() throws {
    let tables = try [table(entries: 16, format: .fp32)]
    let linear = try AnalyticModel.report(for: tables, isEqualWidth: true)
    #expect(try linear == AnalyticModel.report(for: tables))
    #expect(linear.tableBits == 1504)
  }

  @Test func rivalsAreAsMeasured() throws {
    let rivals = try AnalyticModel.report(for: [table(entries: 8, format: .int32)]).rivals
    #expect(
      rivals.mapValues { [$0.area.total, $0.delayPicoseconds] } == [
        "i-gelu": [737, 1383], "i-exp": [815, 1783], "i-bert-shared-sequential": [1113, 1639],
        "i-bert-shared-single-cycle": [1438, 14153],
      ])
    #expect(rivals.values.allSatisfy { $0.energyPicojoules == nil })
  }

  @Test func theFitIsReported() {
    #expect(AnalyticModel.fit.points.count == 6)
    #expect(AnalyticModel.fit.checks.map(\.unit) == ["fp16 hardwired"])
    for check in AnalyticModel.fit.checks {
      #expect(check.areaError > 0 && check.areaError < 0.02)
      #expect(check.delayError > 0 && check.delayError < 0.01)
    }
    for point in AnalyticModel.fit.points where point.isFitted {
      #expect(point.areaError < 2e-4 && point.delayError == 0, "\(point.unit)")
    }
  }

  @Test(arguments: NumberFormat.allCases, [false, true])
  func moreEntriesCostMore(format: NumberFormat, isEqualWidth: Bool) throws {
    let sizes = [2, 4, 8, 12, 16, 32, 64, 128, 256]
    let reports = try sizes.map {
      try AnalyticModel.report(
        for: [table(entries: $0, format: format)], isEqualWidth: isEqualWidth)
    }
    for (small, large) in zip(reports, reports.dropFirst()) {
      for (one, other) in [
        (small.programmable, large.programmable), (small.hardwired, large.hardwired),
      ] {
        #expect(one.area.select < other.area.select)
        #expect(one.area.arithmetic == other.area.arithmetic)
        #expect(one.delayPicoseconds <= other.delayPicoseconds)
        #expect(min(one.area.storage, one.area.select, one.area.arithmetic) >= 0)
      }
      #expect(small.programmable.area.storage < large.programmable.area.storage)
      #expect(small.hardwired.area.total < small.programmable.area.total)
    }
  }

  @Test func tablesOfAVariantShareOneUnit() throws {
    let small = try table(entries: 8, format: .int32)
    let large = try table(entries: 16, format: .int32)
    let other = try table(entries: 16, format: .int32, slope: 2)
    let one = try AnalyticModel.report(for: [large])
    let all = try AnalyticModel.report(for: [small, large, other, large])
    #expect(all.programmable == one.programmable)
    #expect(all.tableBits == 736 + 3 * 1504)
    #expect(all.hardwired.area.arithmetic == one.hardwired.area.arithmetic)
    #expect(all.hardwired.area.select > 2 * one.hardwired.area.select)
    #expect(try AnalyticModel.report(for: [large, other, large, small]) == all)
  }

  @Test func whatHasNoCostIsRefused() throws {
    #expect(throws: HardwareCostError.noTable) { try AnalyticModel.report(for: []) }
    let mixed = try [table(entries: 4, format: .fp32), table(entries: 4, format: .int32)]
    #expect(throws: HardwareCostError.mixedFormats(.fp32, .int32)) {
      try AnalyticModel.report(for: mixed)
    }
  }

  @Test func reportsTravelAsJSON() throws {
    let report = try AnalyticModel.report(for: [table(entries: 16, format: .fp32)])
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(HardwareReport.self, from: data) == report)
  }
}
