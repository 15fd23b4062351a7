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

  @Test func meetsTheMeasuredUnitsOfOtherFormats() throws {
    for (format, areas, delays, latency) in [
      (NumberFormat.fp16, (750.0, 281.0), (1927.0, 1935.0), 3), (.int8, (384, 73), (739, 618), 2),
    ] {
      let report = try AnalyticModel.report(for: [table(entries: 16, format: format)])
      #expect(abs(report.programmable.area.total - areas.0) < 0.2)
      #expect(abs(report.hardwired.area.total / areas.1 - 1) < 0.015)
      #expect(report.programmable.delayPicoseconds == delays.0)
      #expect(abs(report.hardwired.delayPicoseconds / delays.1 - 1) < 0.005)
      #expect(report.programmable.latencyCycles == latency)
      #expect(report.tableBits == format.bits * 47)
    }
  }

  /// What was not synthesised lies between what was, and says so.
  @Test func int16IsInterpolated() throws {
    for entries in [2, 8, 16, 64, 256] {
      let reports = try [NumberFormat.int8, .int16, .int32].map {
        try AnalyticModel.report(for: [table(entries: entries, format: $0)])
      }
      for cost in [\HardwareReport.programmable, \.hardwired] {
        let areas = reports.map { $0[keyPath: cost].area.total }
        let delays = reports.map { $0[keyPath: cost].delayPicoseconds }
        #expect(areas[0] < areas[1] && areas[1] < areas[2], "\(entries)")
        #expect(delays[0] < delays[1] && delays[1] < delays[2], "\(entries)")
      }
      #expect(reports.map(\.units).map { $0.map(\.isInterpolated) } == [[false], [true], [false]])
      #expect(reports[1].notes.count == 1 && reports[1].notes[0].contains("int16"))
      #expect(reports[2].notes.isEmpty)
    }
  }

  @Test func aPlainMemoryIsNamedWhereItWins() throws {
    let one = try AnalyticModel.report(for: [table(entries: 16, format: .int8)])
    #expect(one.units[0].plainROMArea == 17 && one.units[0].isPlainROMSmaller)
    #expect(one.notes.count == 1 && one.notes[0].contains("17.0 against 73"))
    let many = try (0..<12).map { try table(entries: 2, format: .int8, slope: Double($0 + 1)) }
    let all = try AnalyticModel.report(for: many)
    #expect(all.units[0].plainROMArea == 204 && !all.units[0].isPlainROMSmaller)
    #expect(all.notes.isEmpty)
  }

  @Test func formatsStandSideBySide() throws {
    let narrow = try table(entries: 16, format: .int8)
    let wide = try [table(entries: 8, format: .int32), table(entries: 16, format: .int32)]
    let parts = try [AnalyticModel.report(for: wide), AnalyticModel.report(for: [narrow])]
    let mixed = try AnalyticModel.report(for: [wide[0], narrow, wide[1]])
    for cost in [\HardwareReport.programmable, \.hardwired] {
      let sum = parts.map { $0[keyPath: cost].area.total }.reduce(0, +)
      #expect(abs(mixed[keyPath: cost].area.total - sum) < 1e-6)
      #expect(
        mixed[keyPath: cost].delayPicoseconds == parts[0][keyPath: cost].delayPicoseconds)
    }
    #expect(mixed.tableBits == 1504 + 736 + 376)
    #expect(mixed.units.map(\.format) == [.int32, .int8])
    #expect(mixed.units == parts.flatMap(\.units))
  }

  @Test(arguments: NumberFormat.allCases)
  func theAreaOfASearchIsThatOfTheReport(format: NumberFormat) throws {
    var last = 0.0
    for entries in 2...256 {
      let area = AnalyticModel.hardwiredArea(entries: entries, format: format)
      #expect(area > last)
      last = area
    }
    for entries in [2, 11, 16, 256] {
      let one = try table(entries: entries, format: format)
      let report = try AnalyticModel.report(for: [one])
      #expect(abs(AnalyticModel.hardwiredArea(of: one) - report.hardwired.area.total) < 0.11)
    }
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
    #expect(AnalyticModel.fit.points.count == 8)
    #expect(AnalyticModel.fit.checks.map(\.unit) == ["fp16 hardwired"])
    for check in AnalyticModel.fit.checks {
      #expect(check.areaError > 0 && check.areaError < 0.02)
      #expect(check.delayError > 0 && check.delayError < 0.01)
    }
    for point in AnalyticModel.fit.points where point.isFitted {
      #expect(point.areaError < 1e-3 && point.delayError == 0, "\(point.unit)")
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
  }

  @Test func reportsTravelAsJSON() throws {
    let report = try AnalyticModel.report(for: [table(entries: 16, format: .fp32)])
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(HardwareReport.self, from: data) == report)

    var older = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(older.removeValue(forKey: "units") != nil)
    let copy = try JSONDecoder().decode(
      HardwareReport.self, from: JSONSerialization.data(withJSONObject: older))
    #expect(copy.units.isEmpty && copy.programmable == report.programmable)
  }
}
