import ActivationStatistics
import Approximation
import Artifacts
import Evaluation
import Foundation
import Jobs
import LookupTables
import Testing

@testable import Worker

/// The bytes of results, for each kind that gives the same ones on every machine. Results are kept
/// under a key with the kind's code version: when a digest here changes, raise the version of its
/// kind (`TaskKind.codeVersion`), or old results would pass for new ones.
struct GoldenResultTests {
  private func digest(_ bytes: Data) -> String { ContentDigest(of: bytes).short }

  /// A histogram as the exps of a softmax make it: spread to the left, a row's maximum at 0.
  private func histograms(_ seed: UInt64) throws -> Data {
    var state = seed
    var histogram = ActivationHistogram()
    let values = (0..<4000).map { index -> Float in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let unit = Float(state >> 40) * 0x1p-24
      return index % 8 == 0 ? 0 : -30 * unit * unit
    }
    values.withUnsafeBufferPointer { histogram.record($0) }
    return try ResultDocument.encode(HistogramSet(sites: ["site": Data(histogram.encoded())]))
  }

  private func train(_ change: (inout TrainParameters) -> Void, _ inputs: [String: Data] = [:])
    throws -> Data
  {
    var parameters = TrainParameters(
      function: .exp, sites: ["site"], approximator: .nnLUT, recipe: .refined, entries: 8,
      format: .fp32, calibrate: true, range: .percentile(99.999), scaling: .none, seed: 1)
    change(&parameters)
    return try ExecutorHarness().run(
      PlannedTask(name: "train", parameters: .train(parameters)), inputs: inputs)
  }

  @Test func merge() throws {
    let task = PlannedTask(name: "merge", parameters: .merge(MergeParameters()))
    let shards = try ["shard/0000": histograms(1), "shard/0001": histograms(2)]
    #expect(try digest(ExecutorHarness().run(task, inputs: shards)) == "058f89068558")
  }

  @Test func trainAndHardware() throws {
    let seen = try ["histograms": histograms(3)]
    let refined = try train({ _ in }, seen)
    #expect(digest(refined) == "ab7ad365aae6")
    let integer = try train({ $0.format = .int32 }, seen)
    #expect(digest(integer) == "508b4f6901b3")
    let linear = try train(
      {
        ($0.approximator, $0.recipe, $0.calibrate) = (.linearLUT, nil, false)
        $0.range = .observed
      }, seen)
    #expect(digest(linear) == "a46a925c8633")
    let paper = try train {
      ($0.function, $0.recipe, $0.calibrate, $0.range) = (.rsqrt, .paper, false, .fixed)
      ($0.scaling, $0.sites) = (.paper, [])
    }
    #expect(digest(paper) == "35cc8a21b933")

    let hardware = PlannedTask(name: "hardware", parameters: .hardware(HardwareParameters()))
    let priced = try ExecutorHarness().run(hardware, inputs: ["table/site": refined])
    #expect(digest(priced) == "7618141e1c4b")
  }

  @Test func score() throws {
    let harness = try ExecutorHarness()
    let specification = try harness.specification
    let resolution = try ResultDocument.decode(
      Resolution.self, from: harness.run(JobPlan.first(specification)))
    let texts = resolution.evaluations[0].texts
    let tasks = try JobPlan.expand(specification, resolution)
    let baseline = try #require(tasks.first { $0.name == "score/baseline/0" })
    let variant = try #require(tasks.first { $0.name == "score/0/0" })
    func outputs(_ factor: Int) throws -> Data {
      let values = (0..<texts * 4).map { Float(($0 * $0 * factor + 7 * $0) % 101) / 64 }
      return try ResultDocument.encode(
        ModelOutputs(
          OutputRows(lengths: Array(repeating: 4, count: texts), values: values)))
    }
    let exact = try harness.run(baseline, inputs: ["outputs/0000": outputs(3)])
    #expect(digest(exact) == "21f41af7ed00")
    let replaced = try harness.run(
      variant, inputs: ["outputs/0000": outputs(5), "baseline": exact])
    #expect(digest(replaced) == "eb81b1a04dbe")
  }

  /// The rows of an evaluation's texts stand in the order of the shards' numbers, also where those
  /// have more digits.
  @Test func shardsStandInTheOrderOfTheirNumbers() throws {
    let harness = try ExecutorHarness()
    let specification = try harness.specification
    let resolution = try ResultDocument.decode(
      Resolution.self, from: harness.run(JobPlan.first(specification)))
    let task = try #require(
      JobPlan.expand(specification, resolution).first { $0.name == "score/baseline/0" })
    let texts = resolution.evaluations[0].texts
    func rows(_ range: Range<Int>) throws -> Data {
      try ResultDocument.encode(
        ModelOutputs(OutputRows(rows: range.map { [Float($0 % 13), Float($0 % 7)] })))
    }
    let whole = try harness.run(task, inputs: ["outputs/0000": rows(0..<texts)])
    let parts = try harness.run(
      task,
      inputs: [
        "outputs/1000": rows(0..<20), "outputs/1001": rows(20..<50),
        "outputs/10000": rows(50..<texts),
      ])
    #expect(whole == parts)
  }

  /// A worker whose matrix kernels are others than those of the job's other results says so.
  @Test func otherKernelsAreRefused() throws {
    let harness = try ExecutorHarness()
    let specification = try harness.specification
    var resolution = try ResultDocument.decode(
      Resolution.self, from: harness.run(JobPlan.first(specification)))
    #expect(!resolution.kernels.isEmpty)
    resolution.kernels = "OpenBLAS 0.1 Pentium"
    for name in ["collect/0000", "evaluate/baseline/0/0000"] {
      let task = try #require(
        JobPlan.expand(specification, resolution).first { $0.name == name })
      let failure = #expect(throws: TaskFailure.self) { try harness.run(task) }
      #expect(failure?.code == "other-kernels" && failure?.isRetryable == true)
      #expect(failure?.message.contains("Pentium") == true)
    }
  }
}
