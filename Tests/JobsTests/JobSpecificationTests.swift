import Foundation
import Jobs
import Testing

struct JobSpecificationTests {
  private func specification(_ text: String = JobFileText.valid) throws -> JobSpecification {
    try JobSpecification(yaml: text, file: "job.yaml")
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let job = try specification()
    #expect(job.calibration.range == .percentile(99.999))
    #expect(job.calibration.seed == 1)
    #expect(job.evaluations[0].select == "dev" && job.evaluations[0].report == "test")
    #expect(
      job.variants == [
        Variant(
          approximator: .nnLUT, recipe: .refined, entries: 16, format: .fp32, scope: .perSite,
          calibrate: true, range: .percentile(99.999), scaling: .none, seed: 1),
        Variant(
          approximator: .linearLUT, recipe: nil, entries: 8, format: .int32, scope: .perSite,
          calibrate: false, range: .observed, scaling: .none, seed: 1),
      ])
    #expect(job.publish == PublishRule(name: "tables", maximumDrop: 0.01, minimize: .area))
  }

  @Test func withoutCalibrationASharedTableHasThePapersRange() throws {
    let text = JobFileText.replacing(
      line: 9,
      with:
        "  - {approximator: nn-lut, recipe: paper, entries: 16, scope: shared, calibrate: false}")
    let variant = try specification(text).variants[0]
    #expect(variant.range == .fixed && variant.scaling == .paper)
    #expect(!variant.needsHistograms)
    #expect(variant.label == "nn-lut 16 fp32 shared paper uncalibrated fixed")
  }

  @Test func listsMultiplyOut() throws {
    let text = JobFileText.replacing(
      line: 9,
      with: "  - {approximator: nn-lut, entries: [4, 8], format: [fp32, int32], seed: [1, 2]}")
    let labels = try specification(text).variants.dropLast().map(\.label)
    #expect(
      labels == [
        "nn-lut 4 fp32 per-site", "nn-lut 4 fp32 per-site seed-2", "nn-lut 4 int32 per-site",
        "nn-lut 4 int32 per-site seed-2", "nn-lut 8 fp32 per-site",
        "nn-lut 8 fp32 per-site seed-2", "nn-lut 8 int32 per-site",
        "nn-lut 8 int32 per-site seed-2",
      ])
  }

  @Test(arguments: ["minilm-wordnet.yaml"])
  func whatIsEncodedIsAJobFile(example: String) throws {
    for job in [try specification(), try JobFileText.example(example)] {
      let encoded = try job.encoded()
      #expect(try specification(String(decoding: encoded, as: UTF8.self)) == job)
      #expect(try JSONDecoder().decode(JobSpecification.self, from: encoded) == job)
    }
  }

  @Test func relativeSourcesStartAtTheJobFilesFolder() throws {
    var job = try specification()
    job.model = "hf://owner/name"
    job.calibration.source = "file:../data/text.txt"
    job.evaluations[0].source = "file:/data/sts"
    let resolved = job.resolvingSources(relativeTo: URL(fileURLWithPath: "/home/me/jobs"))
    #expect(resolved.model == "hf://owner/name")
    #expect(resolved.calibration.source == "file:/home/me/data/text.txt")
    #expect(resolved.evaluations[0].source == "file:/data/sts")
  }
}
