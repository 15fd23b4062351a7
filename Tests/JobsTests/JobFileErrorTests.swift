import Jobs
import Testing

struct JobFileErrorTests {
  struct Case: CustomTestStringConvertible {
    var line: Int
    var text: String
    var message: String

    init(_ line: Int, _ text: String, _ message: String) {
      self.line = line
      self.text = text
      self.message = message
    }

    var testDescription: String { text }
  }

  static let cases = [
    Case(
      1, "apiVersion: nnlut/v9",
      "job.yaml:1:13: apiVersion: 'nnlut/v9' is not known; write nnlut/v1"),
    Case(2, "", "the key 'kind' is missing"),
    Case(3, "metadata: {name: A_Job}", "job.yaml:3:18: metadata.name: 'A_Job' is no name"),
    Case(3, "metadata: {nme: a}", "metadata.nme: unknown key; did you mean name?"),
    Case(3, "metadata: a-job", "metadata: 'a-job' where a mapping with name is wanted"),
    Case(4, "model: {source: models/a}", "model.source: 'models/a' is no source; write file:PATH"),
    Case(4, "model: {source: }", "model.source: nothing where a source is wanted"),
    Case(
      5, "calibration: {data: {source: \"file:t\"}, samples: 0}",
      "job.yaml:5:50: calibration.samples: 0 is out of range; write 1 to 1000000"),
    Case(
      5, "calibration: {data: {source: \"file:t\"}, samples: many}",
      "calibration.samples: 'many' is no whole number"),
    Case(
      5, "calibration: {data: {source: \"file:t\"}, samples: 1.5}",
      "calibration.samples: 1.5 is no whole number"),
    Case(
      5, "calibration: {data: {source: \"file:t\"}, seed: -1}",
      "calibration.seed: -1 is out of range"),
    Case(
      5, "calibration: {data: {source: \"file:t\"}, range: {percentile: 50}}",
      "calibration.range.percentile: must be more than 50"),
    Case(
      5, "calibration: {data: {source: \"file:t\"}, range: minmax}",
      "calibration.range: 'minmax' is unknown; write observed, percentile, fixed"),
    Case(5, "calibration: {samples: 3}", "calibration: the key 'data' is missing"),
    Case(
      7, "  - {kind: sts, data: {source: \"file:s\"}, metric: m}",
      "evaluation[0].kind: 'sts' is unknown; write retrieval, similarity, classification"),
    Case(
      7, "  - {kind: similarity, data: {source: \"file:s\"}, metric: m, report: train}",
      "evaluation[0].report: the split train is never scored"),
    Case(7, "  []", "evaluation: the list is empty; write at least one"),
    Case(
      10, "  - {approximator: nn-lut, entries: [4, 300]}",
      "job.yaml:10:41: variants[1].entries[1]: 300 is out of range; write 2 to 256"),
    Case(
      10, "  - {approximator: nn-lut, entires: 4}",
      "job.yaml:10:28: variants[1].entires: unknown key; did you mean entries?"),
    Case(10, "  - {approximator: nn-lut}", "variants[1]: the key 'entries' is missing"),
    Case(
      10, "  - {approximator: nnlut, entries: 4}", "variants[1].approximator: 'nnlut' is unknown"),
    Case(
      10, "  - {approximator: i-bert, entries: 4}",
      "variants[1].approximator: i-bert makes no table; `nnlut table compare` shows it beside the"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, format: fp8}",
      "variants[1].format: 'fp8' is unknown; write fp32, fp16, int32, int16, int8"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, format: auto}",
      "variants[1].format: auto goes with entries: auto only"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, format: {gelu: int8, exp: int8}}",
      "variants[1].format: no format for reciprocal, rsqrt; write one for each"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, format: {gleu: int8}}",
      "variants[1].format.gleu: unknown key; did you mean gelu?"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, tails: flat}",
      "variants[1].tails: 'flat' is unknown; write default, clamp, line"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, anchors: some}",
      "variants[1].anchors: 'some' is unknown; write default, none"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, objective: mean}",
      "variants[1].objective: 'mean' is unknown; write mse, max, relative-mse, relative-max"),
    Case(
      10, "  - {approximator: nn-lut, recipe: paper, entries: 4, objective: max}",
      "variants[1].objective: the recipe paper trains on l1"),
    Case(
      10, "  - {approximator: linear-lut, entries: 4, objective: max}",
      "variants[1].objective: linear-lut has no objective"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, continuity: discontinuous}",
      "variants[1].continuity: the lines of nn-lut always meet"),
    Case(
      10, "  - {approximator: optimal, entries: 4, recipe: refined}",
      "variants[1].recipe: optimal has no recipe"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, relativeFloor: 0.1}",
      "variants[1].relativeFloor: only relative errors have a floor"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, objective: relative-mse, relativeFloor: 0}",
      "variants[1].relativeFloor: 0 is out of range; write 1e-30 to"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, floor: never}",
      "variants[1].floor: 'never' is unknown; write use, avoid"),
    Case(11, "require: some", "require: 'some' is unknown; write any, all"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, scales: free}",
      "variants[1].scales: only int32, int16 and int8 have scales"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, format: int8, scales: any}",
      "variants[1].scales: 'any' is unknown; write power-of-two, free"),
    Case(
      10, "  - {approximator: nn-lut, entries: auto}",
      "variants[1].entries: auto needs the key 'budget'"),
    Case(
      10, "  - {approximator: nn-lut, entries: auto, budget: 0}",
      "variants[1].budget: must be more than 0"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, budget: 0.1}",
      "variants[1].budget: only entries: auto keeps a budget"),
    Case(
      10, "  - {approximator: nn-lut, entries: [4, auto], budget: 0.1}",
      "variants[1].entries[1]: auto stands alone"),
    Case(
      10, "  - {approximator: nn-lut, entries: auto, budget: 0.1, format: [int8, int8]}",
      "variants[1].format[1]: 'int8' stands twice"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, calibrate: sequential}",
      "variants[1].calibrate: sequential calibration is not available yet"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, calibrate: yes}",
      "variants[1].calibrate: 'yes' is neither true nor false"),
    Case(
      10, "  - {approximator: linear-lut, entries: 4, recipe: paper}",
      "variants[1].recipe: linear-lut has no recipe"),
    Case(
      10, "  - {approximator: linear-lut, entries: 4, calibrate: true}",
      "variants[1].calibrate: linear-lut's pieces follow from the range alone"),
    Case(
      10, "  - {approximator: nn-lut, entries: [8, 16]}",
      "variants[1]: the variant 'nn-lut 16 fp32 per-site' stands twice"),
    Case(
      10, "  - {approximator: nn-lut, entries: 4, entries: 5}",
      "the key 'entries' stands twice"),
    Case(11, "publish: {name: tables}", "publish: the key 'require' is missing"),
    Case(
      11, "publish: {name: tables, require: {maxDrop: 2}}",
      "publish.require.maxDrop: 2 is out of range; write 0.0 to 1.0"),
    Case(
      11, "publish: {name: tables, require: {maxDrop: 0.1}, minimize: cost}", "publish.minimize"),
    Case(11, "publish: [", "not valid YAML"),
    Case(11, "evaluations: 3", "evaluations: unknown key; did you mean evaluation?"),
    Case(11, "publish: &a {name: tables, require: {maxDrop: 0.1}}", "anchors (&) and aliases (*)"),
  ]

  @Test(arguments: cases)
  func theMessageNamesPlaceKeyAndRemedy(wrong: Case) {
    let text = JobFileText.replacing(line: wrong.line, with: wrong.text)
    let error = #expect(throws: JobFileError.self) {
      try JobSpecification(yaml: text, file: "job.yaml")
    }
    #expect(error?.description.hasPrefix("job.yaml") == true)
    #expect(error?.description.contains(wrong.message) == true, "\(error?.description ?? "none")")
  }

  @Test func tooLargeAndEmptyFilesAreRefused() {
    for text in ["", "# nothing\n", String(repeating: " ", count: (1 << 20) + 1)] {
      #expect(throws: JobFileError.self) { try JobSpecification(yaml: text, file: "job.yaml") }
    }
  }

  @Test func anAliasBombIsRefusedAtOnce() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<40 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "? &a\(level) [\(aliases)]\n: x\n"
    }
    let error = #expect(throws: JobFileError.self) {
      try JobSpecification(yaml: text, file: "job.yaml")
    }
    #expect(error?.problem.contains("aliases") == true)
  }

  @Test func deepNestingIsRefused() {
    let text = JobFileText.replacing(
      line: 11, with: "publish: " + String(repeating: "[", count: 9999))
    #expect(throws: JobFileError.self) { try JobSpecification(yaml: text, file: "job.yaml") }
  }

  @Test func tooManyVariantsAreRefused() {
    let many = (1...257).map(String.init).joined(separator: ", ")
    let text = JobFileText.replacing(
      line: 10, with: "  - {approximator: nn-lut, entries: 4, seed: [\(many)]}")
    #expect(throws: JobFileError.self) { try JobSpecification(yaml: text, file: "job.yaml") }
  }

  @Test func commentsMayShoutAndQuotesMayHoldAnything() throws {
    let shouting = String(repeating: "# *this* and *that* &c\n", count: 50)
    #expect(throws: Never.self) {
      try JobSpecification(yaml: shouting + JobFileText.valid, file: "job.yaml")
    }
    let text = JobFileText.replacing(line: 4, with: #"model: {source: "file:a &b *c"}"#)
    #expect(try JobSpecification(yaml: text, file: "job.yaml").model == "file:a &b *c")
  }
}
