import Approximation
import Foundation
import Jobs
import LookupTables
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

  private func variants(_ line: String) throws -> [Variant] {
    try specification(JobFileText.replacing(line: 9, with: "  - " + line)).variants.dropLast()
  }

  @Test func everyKeyOfAVariantIsRead() throws {
    let variant = try #require(
      variants(
        """
        {approximator: optimal, objective: relative-max, continuity: discontinuous, entries: 8, \
        format: int16, scales: free, tails: clamp, anchors: none, scaling: exponent, range: observed}
        """
      ).first)
    #expect(
      variant
        == Variant(
          approximator: .optimal, recipe: nil, objective: .relativeMaximum,
          continuity: .discontinuous, entries: .count(8), format: .one(.int16), scales: .free,
          scope: .perSite, calibrate: true, range: .observed, scaling: .exponent,
          constraints: FitConstraints(tails: .clamp, hasAnchors: false), seed: 1))
    #expect(
      variant.label == "optimal 8 int16 per-site relative-max discontinuous observed "
        + "scaling-exponent scales-free tails-clamp no-anchors")
    // A largest error has no weights, so only the domain comes from calibration.
    #expect(variant.needsHistograms && !variant.isWeighted)
  }

  @Test func formatsByFunctionAreOneChoice() throws {
    let variants = try variants(
      """
      {approximator: nn-lut, entries: [4, 8], scales: free, \
      format: {gelu: int8, exp: int8, reciprocal: int32, rsqrt: int32}}
      """)
    #expect(variants.count == 2)
    #expect(variants[0].format.formats(of: .exp) == [.int8])
    #expect(variants[0].format.formats(of: .rsqrt) == [.int32])
    #expect(
      variants[0].label
        == "nn-lut 4 int32(reciprocal,rsqrt)+int8(exp,gelu) per-site scales-free")
  }

  @Test func scalesAreForTheFormatsThatHaveThem() throws {
    let variants = try variants(
      "{approximator: optimal, entries: 4, format: [fp32, int8], scales: free}")
    #expect(variants.map(\.scales) == [.powerOfTwo, .free])
  }

  @Test func automaticEntriesAreOneVariantForEachBudget() throws {
    let variants = try variants(
      "{approximator: nn-lut, entries: auto, budget: [0.001, 0.01], format: [int8, fp16]}")
    #expect(
      variants.map(\.label) == [
        "nn-lut auto-0.001 fp16|int8 per-site", "nn-lut auto-0.01 fp16|int8 per-site",
      ])
    #expect(variants[0].candidates(of: .exp).count == 2 * EntryChoice.candidates.count)
    let all = try self.variants(
      "{approximator: nn-lut, entries: auto, budget: 0.001, format: auto}")
    #expect(all.first?.format == .any(NumberFormat.allCases))
  }

  @Test func variantsOfEveryKindAreReadBack() throws {
    let lines = [
      "{approximator: optimal, objective: max, continuity: discontinuous, entries: 8}",
      "{approximator: nn-lut, recipe: paper, objective: l1, entries: 4, scope: shared}",
      "{approximator: nn-lut, entries: auto, budget: 0.5, format: [int8, fp32], scales: free}",
      "{approximator: nn-lut, entries: auto, budget: 0.5}",
      "{approximator: optimal, entries: 4, anchors: none, tails: line, "
        + "format: {gelu: int8, exp: fp16, reciprocal: int32, rsqrt: int32}}",
    ]
    for line in lines {
      let job = try specification(JobFileText.replacing(line: 9, with: "  - " + line))
      let encoded = try job.encoded()
      #expect(try specification(String(decoding: encoded, as: UTF8.self)) == job)
      #expect(try JSONDecoder().decode(JobSpecification.self, from: encoded) == job)
    }
  }

  /// Jobs that were stored before variants had these keys are read with their defaults.
  @Test func variantsOfOlderVersionsAreRead() throws {
    let old = """
      {"approximator": "nn-lut", "calibrate": true, "entries": 16, "format": "fp32",
      "range": {"percentile": 99.999}, "recipe": "refined", "scaling": "none",
      "scope": "per-site", "seed": 1}
      """
    let variant = try JSONDecoder().decode(Variant.self, from: Data(old.utf8))
    #expect(try variant == specification().variants[0])
  }

  @Test(arguments: ["minilm-wordnet.yaml", "minilm-auto.yaml"])
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
