import ActivationStatistics
import Approximation
import Artifacts
import Foundation
import Jobs
import LookupTables
import Testing

@testable import Worker

/// Candidates of `entries: auto` that cannot be made, and inputs that no coordinator would give.
struct CandidateTests {
  private static let site = "embeddings.LayerNorm.rsqrt"

  /// Inputs at which rsqrt is steeper than fp16's largest number.
  private func histograms() throws -> Data {
    var histogram = ActivationHistogram()
    let values = (1...64).map { Float($0) * 1e-6 }
    values.withUnsafeBufferPointer { histogram.record($0) }
    return try ResultDocument.encode(HistogramSet(sites: [Self.site: Data(histogram.encoded())]))
  }

  private func train(_ format: NumberFormat, isCandidate: Bool) throws -> Data {
    let parameters = TrainParameters(
      function: .rsqrt, sites: [Self.site], approximator: .nnLUT, recipe: .refined, entries: 8,
      format: format, calibrate: true, range: .observed, scaling: .none, seed: 0,
      isCandidate: isCandidate)
    return try ExecutorHarness().run(
      PlannedTask(name: "train/0/x", parameters: .train(parameters)),
      inputs: ["histograms": histograms()])
  }

  @Test func aCandidateThatCannotBeMadeIsAResult() throws {
    let found = try ResultDocument.decode(
      CandidateTable.self, from: train(.fp16, isCandidate: true))
    #expect(found.candidate == TableCandidate(entries: 8, format: .fp16))
    guard case .impossible(let reason) = found.outcome else {
      Issue.record("it was made")
      return
    }
    #expect(reason.contains("±65504"))
  }

  @Test func aVariantsTableThatCannotBeMadeIsAResultToo() throws {
    let found = try ResultDocument.decode(
      VariantResult<TrainedTable>.self, from: train(.fp16, isCandidate: false))
    #expect(found.notMade?.tables.map(\.table) == [Self.site])
    #expect(found.notMade?.explanation.contains("±65504") == true)
  }

  @Test func aCandidateIsTheVariantsTableWithoutAProof() throws {
    let table = try ResultDocument.decode(
      TrainedTable.self, from: train(.fp32, isCandidate: false))
    let found = try ResultDocument.decode(
      CandidateTable.self, from: train(.fp32, isCandidate: true))
    #expect(table.certificate != nil)
    var plain = table
    plain.certificate = nil
    #expect(found.outcome == .made(table: plain))
  }

  /// A job of one automatic variant on the small model, with all but its publication done.
  private struct Sample {
    let harness: ExecutorHarness
    let tasks: [String: PlannedTask]
    var results: [String: Data]

    init(budgets: String) throws {
      harness = try ExecutorHarness()
      let job = try JobSpecification(
        yaml: """
          apiVersion: nnlut/v1
          kind: CalibrationJob
          metadata: {name: small}
          model: {source: "file:model"}
          calibration: {data: {source: "file:text.txt"}, samples: 130}
          evaluation:
            - {kind: similarity, data: {source: "file:data"}, metric: spearman}
          variants:
            - {approximator: nn-lut, entries: auto, budget: \(budgets), format: int32}
          publish: {name: small, require: {maxDrop: 1}, minimize: entries}
          """, file: "job.yaml"
      ).resolvingSources(relativeTo: harness.folder)
      results = try harness.runAll(job).results
      let resolution = try ResultDocument.decode(
        Resolution.self, from: try #require(results["resolve"]))
      tasks = Dictionary(
        try JobPlan.expand(job, resolution).map { ($0.name, $0) },
        uniquingKeysWith: { one, _ in one })
    }

    /// As if the candidates could not be made.
    mutating func spoil(_ candidates: [TableCandidate], of site: String, _ reason: String) throws {
      for candidate in candidates {
        let name = "train/0/\(site)/\(candidate.name)"
        var found = try ResultDocument.decode(
          CandidateTable.self, from: try #require(results[name]))
        found.outcome = .impossible(reason: reason)
        results[name] = try ResultDocument.encode(found)
      }
    }

    mutating func rerun(_ name: String) throws {
      let task = try #require(tasks[name])
      results[name] = try harness.run(task, inputs: harness.inputs(of: task, among: results))
    }

    func assignment(_ variant: Int = 0) throws -> Assignment {
      try ResultDocument.decode(
        Assignment.self, from: try #require(results["assign/\(variant)"]))
    }
  }

  @Test func whatCannotBeMadeIsLeftOut() throws {
    var sample = try Sample(budgets: "0.9")
    let smallest = TableCandidate(entries: 2, format: .int32)
    #expect(try sample.assignment().tables[Self.site]?.candidate == smallest)
    try sample.spoil([smallest], of: Self.site, "no int32 table meets its anchors")
    try sample.rerun("sensitivity/0/\(Self.site)")
    let measured = try ResultDocument.decode(
      SensitivityResult.self, from: try #require(sample.results["sensitivity/0/\(Self.site)"]))
    #expect(measured.candidates.count == EntryChoice.candidates.count - 1)
    #expect(measured.impossible.map(\.candidate) == [smallest])
    try sample.rerun("assign/0")
    let assignment = try sample.assignment()
    #expect(assignment.tables[Self.site]?.candidate == .init(entries: 3, format: .int32))
    #expect(assignment.tables.values.filter { $0.candidate == smallest }.count == 10)
  }

  @Test func aSiteWithoutAnyCandidateIsNamedWithItsReasons() throws {
    var sample = try Sample(budgets: "0.9")
    let all = EntryChoice.candidates.map { TableCandidate(entries: $0, format: .int32) }
    try sample.spoil(Array(all.prefix(3)), of: Self.site, "too few lines")
    try sample.spoil(Array(all.dropFirst(3)), of: Self.site, "too steep")
    for task in ["sensitivity/0/\(Self.site)", "assign/0", "train/0/\(Self.site)"] {
      try sample.rerun(task)
    }
    let failure = #expect(throws: TaskFailure.self) { try sample.rerun("hardware/0") }
    #expect(failure?.code == "variant-not-made" && failure?.isRetryable == false)
    let message = failure?.message ?? ""
    #expect(message.contains("\(Self.site): none of 8 candidates"))
    #expect(message.contains("2-int32, 3-int32, 4-int32: too few lines"))
    #expect(message.contains(": too steep"))
  }

  /// Two budgets that end in equal tables are evaluated once.
  @Test func equalTablesAreEvaluatedOnce() throws {
    let sample = try Sample(budgets: "[0.9, 0.8]")
    #expect(sample.results["assign/0"] != sample.results["assign/1"])
    let keys = try ["evaluate/0/0/0000", "evaluate/1/0/0000"].map { name in
      let task = try #require(sample.tasks[name])
      #expect(task.inputs.count == 11)
      let inputs = sample.harness.inputs(of: task, among: sample.results)
      return try ContentKey.of(
        task.parameters, inputs: inputs.mapValues(ContentDigest.init(of:)), job: UUID())
    }
    #expect(keys[0] == keys[1])
  }

  @Test func repeatedSitesAreRefused() throws {
    let sample = try Sample(budgets: "0.9")
    var sensitivity = try #require(sample.tasks["sensitivity/0/\(Self.site)"])
    guard case .sensitivity(var parameters) = sensitivity.parameters else { return }
    parameters.sites += [Self.site]
    sensitivity.parameters = .sensitivity(parameters)
    var assign = try #require(sample.tasks["assign/0"])
    guard case .assign(var choice) = assign.parameters else { return }
    choice.tables += choice.tables.prefix(1)
    assign.parameters = .assign(choice)
    for task in [sensitivity, assign] {
      let failure = #expect(throws: TaskFailure.self) {
        try sample.harness.run(
          task, inputs: sample.harness.inputs(of: task, among: sample.results))
      }
      #expect(failure?.code == "misfit")
      #expect(failure?.message.contains("is there twice") == true)
    }
  }

  @Test func measurementsOutOfRangeAreRefused() throws {
    var sample = try Sample(budgets: "0.9")
    let candidate = TableCandidate(entries: 2, format: .int32)
    for (error, entries) in [(1e300, 2), (-1, 2), (0.5, Int.max)] {
      var wrong = candidate
      wrong.entries = entries
      sample.results["sensitivity/0/\(Self.site)"] = try ResultDocument.encode(
        SensitivityResult(candidates: [.init(candidate: wrong, error: error)]))
      let failure = #expect(throws: TaskFailure.self) { try sample.rerun("assign/0") }
      #expect(failure?.code == "misfit")
    }
  }

  @Test func anotherTableThanTheChosenOneIsRefused() throws {
    var sample = try Sample(budgets: "0.9")
    var assignment = try sample.assignment()
    assignment.tables[Self.site]?.parameters.entries = 3
    sample.results["assign/0"] = try ResultDocument.encode(assignment)
    let failure = #expect(throws: TaskFailure.self) { try sample.rerun("train/0/\(Self.site)") }
    #expect(failure?.code == "misfit")
  }
}
