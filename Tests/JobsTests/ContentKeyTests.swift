import Artifacts
import Foundation
import Jobs
import Testing

struct ContentKeyTests {
  private let train = TaskParameters.train(
    TrainParameters(
      function: .gelu, sites: ["encoder.layer.0.intermediate.gelu"], approximator: .nnLUT,
      recipe: .refined, entries: 16, format: .int32, calibrate: true, range: .percentile(99.999),
      scaling: .none, seed: 1))
  private let inputs = ["histograms": ContentDigest(of: Data("histograms".utf8))]

  /// The key decides what is reused from earlier runs: a change here must be meant, and then the
  /// kind's code version goes up or the change leaves old results valid.
  @Test func theKeyOfATaskStaysTheSame() throws {
    let key = try ContentKey.of(train, inputs: inputs, job: UUID())
    #expect(key.short == "bc3c84fd1145")
  }

  @Test func everythingThatMattersIsInTheKey() throws {
    let job = UUID()
    let key = try ContentKey.of(train, inputs: inputs, job: job)
    guard case .train(var other) = train else { return }
    other.seed = 2
    #expect(try ContentKey.of(.train(other), inputs: inputs, job: job) != key)
    #expect(try ContentKey.of(train, inputs: [:], job: job) != key)
    let digest = ContentDigest(of: Data("others".utf8))
    #expect(try ContentKey.of(train, inputs: ["histograms": digest], job: job) != key)
    #expect(try ContentKey.of(train, inputs: inputs, job: UUID()) == key)
  }

  /// Kernels of another class give other last bits, so their results are never mixed.
  @Test func kernelsAreInTheKeyOfWhatRunsTheModel() throws {
    let job = UUID()
    var sample = try SampleJob(JobFileText.example("minilm-wordnet.yaml"))
    func keys() throws -> [ContentDigest] {
      try sample.tasks.filter { $0.kind == .collect || $0.kind == .evaluate }
        .map { try ContentKey.of($0.parameters, inputs: [:], job: job) }
    }
    let before = try keys()
    sample.resolution.kernels = "OpenBLAS 0.3.21 Prescott"
    #expect(try Set(keys()).isDisjoint(with: before) && !before.isEmpty)
  }

  /// A candidate has no certificate, so it is another computation than the table of a variant.
  @Test func aCandidateHasAKeyOfItsOwn() throws {
    let job = UUID()
    guard case .train(var other) = train else { return }
    other.isCandidate = true
    let key = try ContentKey.of(train, inputs: inputs, job: job)
    #expect(try ContentKey.of(.train(other), inputs: inputs, job: job) != key)
    let decoded = try ResultDocument.decode(
      TrainParameters.self, from: ResultDocument.encode(other))
    #expect(decoded == other)
  }

  /// A choice by area is made again where prices change.
  @Test func choicesFollowTheVersionOfPrices() {
    let (own, prices) = TaskKind.assign.codeVersion.quotientAndRemainder(dividingBy: 1000)
    #expect(own >= 2 && prices == TaskKind.hardware.codeVersion)
  }

  @Test func publishingIsNeverShared() throws {
    let job = try SampleJob(JobFileText.example("minilm-wordnet.yaml"))
    let publish = TaskParameters.publish(
      PublishParameters(specification: job.specification, resolution: job.resolution))
    let one = try ContentKey.of(publish, inputs: [:], job: UUID())
    #expect(try ContentKey.of(publish, inputs: [:], job: UUID()) != one)
  }

  @Test func equalTablesOfTwoVariantsAreOneComputation() throws {
    var job = try JobFileText.example("minilm-wordnet.yaml")
    job.variants = [job.variants[2], job.variants[2]]
    let tasks = try SampleJob(job).tasks.filter { $0.kind == .train }
    #expect(Set(tasks.map(\.parameters)).count == 31)
  }
}
