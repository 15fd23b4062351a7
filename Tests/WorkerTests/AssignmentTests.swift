import Artifacts
import Foundation
import HardwareCost
import Jobs
import LookupTables
import Testing

@testable import Worker

/// `entries: auto` on the small model, from the candidates to the artifact.
struct AssignmentTests {
  private func specification(_ harness: ExecutorHarness, _ variants: String) throws
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
        \(variants)
        publish: {name: small, require: {maxDrop: 1}, minimize: entries}
        """, file: "job.yaml"
    ).resolvingSources(relativeTo: harness.folder)
  }

  private func assignment(_ results: [String: Data], _ variant: Int) throws -> Assignment {
    try ResultDocument.decode(
      Assignment.self, from: try #require(results["assign/\(variant)"]))
  }

  private func area(_ assignment: Assignment) -> Double {
    assignment.tables.values.map(\.area).reduce(0, +)
  }

  @Test func theBudgetIsKeptAndTheAreaSmall() throws {
    let harness = try ExecutorHarness()
    let job = try specification(
      harness,
      """
        - {approximator: nn-lut, entries: 16}
        - {approximator: nn-lut, entries: auto, budget: [0.001, 0.0001]}
      """)
    let (results, publish) = try harness.runAll(job)
    let loose = try assignment(results, 1)
    let strict = try assignment(results, 2)
    for assignment in [loose, strict] {
      #expect(assignment.tables.count == 11)
      #expect(assignment.error <= assignment.budget)
      #expect(assignment.sumOfErrors <= assignment.budget)
      for (name, table) in assignment.tables {
        #expect(table.trained.table.entries == table.candidate.entries, "\(name)")
        #expect(table.area == AnalyticModel.hardwiredArea(of: table.trained.table))
        #expect(table.trained.certificate == nil, "\(name)")
      }
    }
    #expect(loose.error > 0 && area(loose) < area(strict))

    // No smaller table at any one site keeps what is left of the sum.
    for (name, table) in loose.tables {
      let bytes = try #require(results["sensitivity/1/\(name)"])
      for other in try ResultDocument.decode(SensitivityResult.self, from: bytes).candidates
      where other.candidate.entries < table.candidate.entries {
        #expect(
          loose.sumOfErrors - table.error + other.error > loose.allowedSum,
          "\(name) with \(other.candidate.name)")
      }
    }

    let report = try JobReport(job, results: results)
    let row = report.rows[2]
    #expect(row.assignment?.error == loose.error && row.tables.count == 11)
    #expect(row.tables.allSatisfy { $0.outputError != nil })
    #expect((row.meanEntries ?? 16) < 16 && report.rows[1].meanEntries == 16)
    #expect((row.tableArea ?? 0) < (report.rows[1].tableArea ?? 0))
    #expect(row.scores[0]?.metrics["test"] != nil)
    // By mean entries, the loose one wins.
    #expect(report.decision?.variant == 1)

    // The artifact holds the chosen tables and what was measured.
    let task = try #require(publish)
    let context = try harness.context(task, inputs: harness.inputs(of: task, among: results))
    let files = try PublishExecutor().assemble(context).files()
    let manifest = try ArtifactManifest(decoding: try #require(files.last).bytes)
    let site = "encoder.layer.0.intermediate.gelu"
    #expect(manifest.tables[site]?.entries == loose.tables[site]?.candidate.entries)
    #expect(String(decoding: try #require(files.last).bytes, as: UTF8.self).contains("sumOfErrors"))

    // The chosen ones are the candidates, with what proves them; that is in the evidence.
    let evidence = try #require(files.first { $0.path == "evidence/training.json" }).bytes
    let proofs = try #require(
      JSONSerialization.jsonObject(with: evidence) as? [String: [String: Any]])
    #expect(proofs.count == 11)
    for (name, table) in loose.tables {
      let trained = try ResultDocument.decode(
        TrainedTable.self, from: try #require(results["train/1/\(name)"]))
      #expect(trained.table == table.trained.table, "\(name)")
      #expect((trained.certificate?.bound.value ?? 0) > 0, "\(name)")
      #expect((proofs[name]?["certificate"] as? [String: Any])?["bound"] != nil, "\(name)")
    }
    #expect(row.tables.allSatisfy { $0.optimality != nil })
  }

  @Test func moreEntriesHurtLess() throws {
    let harness = try ExecutorHarness()
    let job = try specification(
      harness, "  - {approximator: nn-lut, entries: auto, budget: 0.5, format: [fp32, int8]}")
    let (results, _) = try harness.runAll(job)
    let site = "encoder.layer.0.intermediate.gelu"
    let bytes = try #require(results["sensitivity/0/\(site)"])
    let measured = try ResultDocument.decode(SensitivityResult.self, from: bytes).candidates
    #expect(measured.count == 2 * EntryChoice.candidates.count)
    func error(_ entries: Int, _ format: NumberFormat) throws -> Double {
      try #require(measured.first { $0.candidate == .init(entries: entries, format: format) }).error
    }
    #expect(try error(2, .fp32) > 4 * error(4, .fp32))
    #expect(try error(4, .fp32) > 4 * error(16, .fp32))
    #expect(try error(16, .int8) > error(16, .fp32))
    // Where everything is allowed, everything is as small as can be.
    let formats = Set(try assignment(results, 0).tables.values.map(\.candidate))
    #expect(formats == [TableCandidate(entries: 2, format: .int8)])
  }

  @Test func aBudgetOutOfReachIsSaid() throws {
    let harness = try ExecutorHarness()
    let job = try specification(
      harness, "  - {approximator: linear-lut, entries: auto, budget: 1.0e-12, scope: shared}")
    let failure = #expect(throws: TaskFailure.self) { try harness.runAll(job) }
    // The only variant cannot be made.
    #expect(failure?.code == "variant-not-made" && failure?.isRetryable == false)
    #expect(failure?.message.contains("raise the variant's budget") == true)
    // Nothing was measured together, so nothing is said of that.
    #expect(failure?.message.contains("a mean output error of 1e-12 is too small") == true)
    #expect(failure?.message.contains("own errors add up to") == true)
    #expect(failure?.message.contains("closest") == false)
  }

  @Test func anErrorIsOneMinusTheCosine() {
    func error(_ left: [Float], _ right: [Float]) -> Double {
      OutputError.distance(left[...], right[...])
    }
    #expect(error([1, 2], [2, 4]) < 1e-15)
    #expect(abs(error([1, 0], [0, 3]) - 1) < 1e-15)
    #expect(abs(error([1, 1], [-1, -1]) - 2) < 1e-15)
    #expect(error([0, 0], [1, 0]) == 1)
    #expect(error([.nan, 0], [1, 0]) == 2 && error([.infinity, 0], [1, 0]) == 2)
  }

  @Test func otherKernelsAreRefused() throws {
    let harness = try ExecutorHarness()
    let job = try specification(harness, "  - {approximator: nn-lut, entries: auto, budget: 0.1}")
    var resolution = try ResultDocument.decode(
      Resolution.self, from: harness.run(JobPlan.first(job)))
    resolution.kernels = "OpenBLAS 0.1 Pentium"
    for name in ["sensitivity/0/embeddings.LayerNorm.rsqrt", "assign/0"] {
      let task = try #require(JobPlan.expand(job, resolution).first { $0.name == name })
      let failure = #expect(throws: TaskFailure.self) { try harness.run(task) }
      #expect(failure?.code == "other-kernels")
    }
  }
}
