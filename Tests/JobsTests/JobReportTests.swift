import Evaluation
import Foundation
import HardwareCost
import Jobs
import LookupTables
import Testing

@testable import Approximation

struct JobReportTests {
  /// A job of one layer with a per-site and a shared variant, and results for all of its tasks.
  private struct Sample {
    let job: SampleJob
    var results: [String: Data] = [:]

    init(drops: [Double]) throws {
      var specification = try JobFileText.example("minilm-wordnet.yaml")
      specification.variants = [specification.variants[2], specification.variants[1]]
      job = SampleJob(specification, layers: 1)
      results["resolve"] = try ResultDocument.encode(job.resolution)
      let table = try LookupTable(
        rounding: PiecewiseLinear(breakpoints: [1], slopes: [0, 1], intercepts: [0, 0]),
        lowerBound: 0, upperBound: 2, left: .clamp, right: .clamp, format: .fp32,
        isNonNegative: true)
      for task in try job.tasks {
        switch task.parameters {
        case .train(let parameters):
          let error = task.name.hasSuffix("gelu") ? 0.5 : 0.25
          results[task.name] = try ResultDocument.encode(
            TrainedTable(
              function: parameters.function, table: table, maximumError: error,
              meanSquaredError: 0, notes: [:]))
        case .hardware:
          results[task.name] = try ResultDocument.encode(
            HardwareResult(report: AnalyticModel.report(for: [table])))
        case .score:
          let variant = task.name.split(separator: "/").dropFirst().first.flatMap { Int($0) }
          let metric = 0.4 - (variant.map { drops[$0] } ?? 0)
          let split = SplitScore(
            metrics: ["mrr@10": metric], predictions: .similarity(cosines: [1]),
            differences: variant == nil
              ? [:]
              : [
                "mrr@10": PairedDifference(
                  difference: metric - 0.4, lower: -1, upper: 1, flips: 1, items: 1)
              ])
          results[task.name] = try ResultDocument.encode(
            ScoreResult(splits: ["dev": split, "test": split]))
        default: break
        }
      }
    }

    var report: JobReport { get throws { try JobReport(job.specification, results: results) } }
  }

  @Test func aFinishedJobIsReportedWhole() throws {
    let report = try Sample(drops: [0.001, 0.1]).report
    #expect(
      report.rows.map(\.label) == [
        "baseline", "nn-lut 16 fp32 per-site", "nn-lut 16 fp32 shared paper uncalibrated fixed",
      ])
    #expect(report.rows[0].scores[0]?.metrics["test"]?["mrr@10"] == 0.4)
    #expect(report.rows[0].scores[0]?.differences.isEmpty == true)
    #expect(report.rows[1].scores[0]?.differences["test"]?["mrr@10"]?.flips == 1)
    #expect(report.rows[1].largestError?.table == "encoder.layer.0.intermediate.gelu")
    #expect(report.rows[2].largestError?.table == "gelu")
    #expect(report.rows[2].largestError?.value == 0.5)
    #expect((report.rows[1].hardware?.programmable.area.total ?? 0) > 0)
    #expect(report.calibrationSamples == 512)
    #expect(report.decision?.variant == 0)
    let encoded = try WireFormat.encoder().encode(report)
    #expect(try WireFormat.decoder().decode(JobReport.self, from: encoded) == report)
  }

  @Test func theTableFurthestFromItsBoundIsNamed() throws {
    var sample = try Sample(drops: [0, 0])
    func certify(_ task: String, achieved: Double, bound: Double) throws {
      var trained = try ResultDocument.decode(
        TrainedTable.self, from: try #require(sample.results[task]))
      let proven = ProvenBound(value: bound, witness: .exhaustive)
      trained.certificate = Certificate(
        objective: .maximum, continuity: .continuous, entries: 2, lower: 0, upper: 2, anchors: [],
        endsOnIdentity: false, isWeighted: false, floor: .none, maximumError: achieved,
        meanSquaredError: 0,
        bound: proven, freeBound: proven)
      sample.results[task] = try ResultDocument.encode(trained)
    }
    try certify("train/0/encoder.layer.0.intermediate.gelu", achieved: 3, bound: 2)
    try certify("train/0/embeddings.LayerNorm.rsqrt", achieved: 5, bound: 4)
    // There is no ratio to a bound of 0.
    try certify("train/0/encoder.layer.0.attention.softmax.exp", achieved: 1, bound: 0)
    let row = try sample.report.rows[1]
    #expect(row.tables.count == 6 && row.meanEntries == 2)
    #expect(row.worstTable?.name == "encoder.layer.0.intermediate.gelu")
    #expect(row.worstTable?.optimality?.ratio == 1.5)
    let exp = row.tables.first { $0.function == .exp }
    #expect(exp?.optimality != nil && exp?.optimality?.ratio == nil)
    let encoded = try WireFormat.encoder().encode(row)
    #expect(try WireFormat.decoder().decode(ReportRow.self, from: encoded) == row)
  }

  @Test func whatATableWarnsOfIsReported() throws {
    var sample = try Sample(drops: [0, 0])
    let task = "train/0/embeddings.LayerNorm.rsqrt"
    var trained = try ResultDocument.decode(
      TrainedTable.self, from: try #require(sample.results[task]))
    trained.notes["warning"] = "its error is 11 times its bound"
    sample.results[task] = try ResultDocument.encode(trained)
    #expect(
      try sample.report.warnings == [
        "nn-lut 16 fp32 per-site: embeddings.LayerNorm.rsqrt: its error is 11 times its bound"
      ])
  }

  @Test func noVariantIsChosenWhenAllDropTooMuch() throws {
    #expect(try Sample(drops: [0.01, 0.1]).report.decision?.variant == nil)
  }

  @Test func anUnfinishedJobIsReportedAsFarAsItIs() throws {
    var sample = try Sample(drops: [0, 0])
    sample.results["score/1/0"] = nil
    sample.results["train/0/embeddings.LayerNorm.rsqrt"] = nil
    let report = try sample.report
    #expect(report.rows[2].scores == [nil])
    #expect(report.rows[1].largestError == nil)
    #expect(report.decision == nil)
    let empty = try JobReport(sample.job.specification, results: [:])
    #expect(empty.model == nil && empty.rows.count == 3)
  }
}
