import Artifacts
import Foundation
import Jobs
import Testing

@testable import Worker

/// A variant that cannot be made fails alone.
struct ImpossibleVariantTests {
  private static let good = "{approximator: nn-lut, entries: 8}"

  private func job(_ harness: ExecutorHarness, _ variants: [String], _ more: String = "") throws
    -> JobSpecification
  {
    try JobSpecification(
      yaml: """
        apiVersion: nnlut/v1
        kind: CalibrationJob
        metadata: {name: small}
        model: {source: "file:model"}
        calibration: {data: {source: "file:text.txt"}, samples: 130}
        evaluation:
          - {kind: similarity, data: {source: "file:data"}, metric: spearman}
        variants:
        \(variants.map { "  - \($0)" }.joined(separator: "\n"))
        publish: {name: small, require: {maxDrop: 1}, minimize: drop}
        \(more)
        """, file: "job.yaml"
    ).resolvingSources(relativeTo: harness.folder)
  }

  /// All tasks in order, as if the tables of some variants could not be made at one site.
  private func run(
    _ harness: ExecutorHarness, _ job: JobSpecification, spoiling variants: Set<Int>
  ) throws -> (results: [String: Data], publish: PlannedTask?) {
    var results = ["resolve": try harness.run(JobPlan.first(job))]
    let resolution = try ResultDocument.decode(
      Resolution.self, from: try #require(results["resolve"]))
    let tasks = try JobPlan.expand(job, resolution)
    for task in tasks where task.kind != .publish {
      if variants.contains(where: { task.name == "train/\($0)/\(Self.site)" }) {
        results[task.name] = try ResultDocument.encode(
          VariantResult<TrainedTable>.notMade(
            NotMade(table: Self.site, reason: "no table meets its anchors")))
      } else {
        results[task.name] = try harness.run(
          task, inputs: harness.inputs(of: task, among: results))
      }
    }
    return (results, tasks.first { $0.kind == .publish })
  }

  private static let site = "encoder.layer.0.attention.softmax.exp"
  private static let two = [good, "{approximator: linear-lut, entries: 8}"]

  @Test func theOthersGoOn() throws {
    let harness = try ExecutorHarness()
    let job = try job(harness, Self.two)
    let (results, publish) = try run(harness, job, spoiling: [0])
    for name in ["evaluate/0/0/0000", "score/0/0", "hardware/0"] {
      let found = try ResultDocument.decode(
        VariantResult<HardwareResult>.self, from: try #require(results[name]))
      #expect(found.notMade?.tables.map(\.table) == [Self.site], "\(name)")
    }
    let report = try JobReport(job, results: results)
    #expect(report.rows[1].notMade?.tables.count == 1 && report.rows[2].notMade == nil)
    #expect(report.rows[1].tables.isEmpty && report.rows[1].hardware == nil)
    #expect(
      report.warnings == [
        "nn-lut 8 fp32 per-site cannot be made: \(Self.site): no table meets its anchors"
      ])
    #expect(report.decision?.variant == 1)
    #expect(report.decision?.explanation.hasSuffix("1 more cannot be made") == true)

    // What is published says so in its evidence.
    let task = try #require(publish)
    let context = try harness.context(task, inputs: harness.inputs(of: task, among: results))
    let assembly = try PublishExecutor().assemble(context)
    #expect(assembly.variant == 1)
    let evidence = try #require(try assembly.files().first { $0.path == "evidence/report.json" })
    #expect(String(decoding: evidence.bytes, as: UTF8.self).contains("meets its anchors"))
  }

  @Test func aJobWithoutAnyPossibleVariantFailsWithTheReasons() throws {
    let harness = try ExecutorHarness()
    let job = try job(harness, Self.two)
    let failure = #expect(throws: TaskFailure.self) {
      try run(harness, job, spoiling: [0, 1])
    }
    #expect(failure?.code == "variant-not-made" && failure?.isRetryable == false)
    #expect(failure?.message.contains("none of 2 variants") == true)
    #expect(failure?.message.contains("\(Self.site): no table meets its anchors") == true)
  }

  @Test func requireAllEndsTheJobAtTheFirst() throws {
    let harness = try ExecutorHarness()
    let job = try job(harness, Self.two, "require: all")
    let failure = #expect(throws: TaskFailure.self) { try run(harness, job, spoiling: [0]) }
    #expect(failure?.code == "variant-not-made")
    #expect(failure?.message.hasPrefix("the variant can") == true)
  }
}
