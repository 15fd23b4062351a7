import ActivationStatistics
import Artifacts
import Foundation
import Jobs
import Testing

@testable import Worker

struct ExecutorPipelineTests {
  /// The whole job but for the upload: artifact files and report.
  private func artifact(_ harness: ExecutorHarness) throws -> (
    files: [ArtifactAssembly.File], report: JobReport, results: [String: Data]
  ) {
    let specification = try harness.specification
    let (results, publish) = try harness.runAll(specification)
    let task = try #require(publish)
    let context = try harness.context(task, inputs: harness.inputs(of: task, among: results))
    let files = try PublishExecutor().assemble(context).files()
    return (files, try JobReport(specification, results: results), results)
  }

  @Test func aJobBecomesAnArtifactThatVerifies() throws {
    let harness = try ExecutorHarness()
    let (files, report, results) = try artifact(harness)
    let out = harness.folder.appending(path: "out")
    for file in files {
      let place = try ArtifactPath.resolve(file.path, in: out)
      try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try file.bytes.write(to: place)
    }
    let manifest = try #require(files.last)
    #expect(try ArtifactVerifier.verify(out) == ContentDigest(of: manifest.bytes))

    // Nothing in the artifact says where it was made or what the job was called.
    for file in files {
      let text = String(decoding: file.bytes, as: UTF8.self)
      #expect(!text.contains(harness.folder.path) && !text.contains("\"small\""), "\(file.path)")
    }

    // Another folder and another run, the same artifact.
    let again = try artifact(ExecutorHarness())
    #expect(again.files.map(\.path) == files.map(\.path))
    #expect(
      again.files.map { ContentDigest(of: $0.bytes) } == files.map { ContentDigest(of: $0.bytes) })

    // The report: a calibrated table of 16 entries loses little, and says so.
    #expect(report.rows.count == 7)
    let exact = try #require(report.rows[0].scores[0]?.metrics["test"]?["spearman"])
    let row = try #require(report.rows.first { $0.label == "nn-lut 16 fp32 per-site" })
    let replaced = try #require(row.scores[0]?.metrics["test"]?["spearman"])
    #expect(abs(exact - replaced) < 0.05)
    #expect(row.scores[0]?.differences["test"]?["spearman"]?.items == 40)
    #expect(report.decision?.variant != nil)

    try checkHistograms(results)
  }

  /// What the shards saw is what the merge holds.
  private func checkHistograms(_ results: [String: Data]) throws {
    let merged = try ResultDocument.decode(
      HistogramSet.self, from: try #require(results["merge"]))
    #expect(merged.sites.count == 11)
    let site = "encoder.layer.1.intermediate.gelu"
    var count: UInt64 = 0
    for shard in ["collect/0000", "collect/0001", "collect/0002"] {
      let set = try ResultDocument.decode(HistogramSet.self, from: try #require(results[shard]))
      let bytes = try #require(set.sites[site])
      count += try ActivationHistogram(decoding: [UInt8](bytes)).count
    }
    let whole = try ActivationHistogram(decoding: [UInt8](try #require(merged.sites[site])))
    #expect(whole.count == count && count > 0)
  }

  @Test func whenNoVariantQualifiesTheTaskSaysSo() throws {
    let harness = try ExecutorHarness()
    var specification = try harness.specification
    specification.variants = [specification.variants[0]]
    specification.variants[0].entries = .count(2)
    specification.variants[0].range = .fixed
    specification.publish?.maximumDrop = 0
    let (results, publish) = try harness.runAll(specification)
    let task = try #require(publish)
    let failure = #expect(throws: TaskFailure.self) {
      try harness.run(task, inputs: harness.inputs(of: task, among: results))
    }
    #expect(failure?.code == "no-variant-qualifies")
    #expect(failure?.isRetryable == false)
  }
}
