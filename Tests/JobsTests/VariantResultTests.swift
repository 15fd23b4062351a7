import Approximation
import Foundation
import Jobs
import LookupTables
import Testing

struct VariantResultTests {
  @Test func whatIsMadeIsEncodedAsItIs() throws {
    let score = ScoreResult(splits: [:], unusableTexts: 3)
    let bytes = try ResultDocument.encode(VariantResult.made(score))
    #expect(try bytes == ResultDocument.encode(score))
    let read = try ResultDocument.decode(VariantResult<ScoreResult>.self, from: bytes)
    #expect(read == .made(score) && read.notMade == nil)
  }

  @Test func whatIsNotMadeComesBackWithItsReasons() throws {
    let reasons = NotMade([
      NotMade(table: "a", reason: "too steep"), NotMade(table: "b", reason: "too steep"),
      NotMade(table: "a", reason: "too steep"), NotMade(table: "c", reason: "too wide"),
    ])
    #expect(reasons.tables.count == 3)
    #expect(reasons.explanation == "a and 1 more: too steep; c: too wide")
    let bytes = try ResultDocument.encode(VariantResult<ScoreResult>.notMade(reasons))
    let read = try ResultDocument.decode(VariantResult<ScoreResult>.self, from: bytes)
    #expect(read.notMade == reasons && read.value == nil)
  }

  @Test func aWithheldCertificateIsAWarning() throws {
    let table = try LookupTable(
      rounding: PiecewiseLinear(breakpoints: [1], slopes: [0, 1], intercepts: [0, 0]),
      lowerBound: 0, upperBound: 2, left: .clamp, right: .clamp, format: .fp32,
      isNonNegative: true)
    var trained = TrainedTable(
      function: .exp, table: table, maximumError: 0, meanSquaredError: 0, notes: [:])
    let plain = String(decoding: try ResultDocument.encode(trained), as: UTF8.self)
    #expect(!plain.contains("withheld"))
    trained.withheld = "its error is below its bound"
    let again = try ResultDocument.decode(
      TrainedTable.self, from: ResultDocument.encode(trained))
    #expect(again == trained)
    let reported = ReportedTable(name: "exp", trained: trained)
    #expect(reported.withheld == trained.withheld && reported.optimality == nil)
  }

  @Test func theFloorsOfAVariantAreReadAndKept() throws {
    func variants(_ line: String) throws -> [Variant] {
      try JobSpecification(
        yaml: JobFileText.replacing(line: 9, with: "  - " + line), file: "job.yaml"
      ).variants.dropLast()
    }
    let both = try variants(
      "{approximator: optimal, entries: 8, objective: relative-max, floor: [use, avoid], "
        + "relativeFloor: 0.001}")
    #expect(both.map(\.constraints.floor) == [.use, .avoid])
    #expect(both.map(\.relativeFloor) == [0.001, 0.001])
    #expect(both[1].label.hasSuffix("floor-avoid relative-floor-0.001"))
    for variant in both {
      let again = try ResultDocument.decode(Variant.self, from: ResultDocument.encode(variant))
      #expect(again == variant)
      let parameters = TrainParameters(
        variant, function: .exp, sites: ["a"], entries: 8, format: .fp32)
      #expect(parameters.relativeFloor == 0.001)
      #expect(parameters.constraints == variant.constraints)
      let read = try ResultDocument.decode(
        TrainParameters.self, from: ResultDocument.encode(parameters))
      #expect(read == parameters)
    }
    // Where nothing is said, nothing is written: content keys stay.
    let usual = try variants("{approximator: optimal, entries: 8}")
    let text = String(decoding: try ResultDocument.encode(usual[0]), as: UTF8.self)
    #expect(!text.lowercased().contains("floor"))
  }

  @Test func requireIsReadAndKept() throws {
    let any = try JobSpecification(yaml: JobFileText.valid, file: "job.yaml")
    #expect(any.requires == .any)
    #expect(!String(decoding: try any.encoded(), as: UTF8.self).contains(#""require":"a"#))
    var all = any
    all.requires = .all
    let text = String(decoding: try all.encoded(), as: UTF8.self)
    #expect(try JobSpecification(yaml: text, file: "job.json") == all)
    #expect(try ResultDocument.decode(JobSpecification.self, from: all.encoded()) == all)
  }
}
