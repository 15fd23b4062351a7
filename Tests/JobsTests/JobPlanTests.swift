import Foundation
import Jobs
import Testing

struct JobPlanTests {
  private let tasks: [PlannedTask]
  private let byName: [String: PlannedTask]

  init() throws {
    tasks = try SampleJob(JobFileText.example("minilm-wordnet.yaml")).tasks
    byName = Dictionary(uniqueKeysWithValues: tasks.map { ($0.name, $0) })
  }

  @Test func theDemonstrationHasItsTasks() {
    let counts = Dictionary(grouping: tasks, by: \.kind).mapValues(\.count)
    // Five variants: four of 31 tables, one shared of 4. Six evaluations of 3 shards.
    #expect(
      counts == [
        .collect: 8, .merge: 1, .train: 4 * 31 + 4, .evaluate: 18, .score: 6, .hardware: 5,
        .publish: 1,
      ])
  }

  @Test func everyInputComesBeforeItsTask() {
    var seen: Set<String> = ["resolve"]
    for task in tasks {
      #expect(seen.isSuperset(of: task.inputs.values), "\(task.name)")
      #expect(seen.insert(task.name).inserted)
    }
  }

  @Test func shardsCoverAllRecordsOnce() throws {
    var records: [Int] = []
    var texts: [Int] = []
    for task in tasks {
      switch task.parameters {
      case .collect(let parameters): records += parameters.range
      case .evaluate(let parameters) where task.name.hasPrefix("evaluate/baseline/"):
        texts += parameters.range
      default: break
      }
    }
    #expect(records == Array(0..<512))
    #expect(texts == Array(0..<2500))
  }

  @Test func theBaselineWaitsForNothing() {
    #expect(byName["evaluate/baseline/0/0000"]?.inputs.isEmpty == true)
    #expect(byName["score/baseline/0"]?.inputs["baseline"] == nil)
  }

  @Test func calibratedTablesWaitForTheMergeAndOthersDoNot() {
    #expect(
      byName["train/2/encoder.layer.3.intermediate.gelu"]?.inputs == ["histograms": "merge"])
    #expect(byName["train/1/gelu"]?.inputs.isEmpty == true)
    #expect(byName["evaluate/1/0/0002"]?.inputs["table/rsqrt"] == "train/1/rsqrt")
    #expect(byName["score/2/0"]?.inputs["baseline"] == "score/baseline/0")
    #expect(byName["publish"]?.inputs["variant/3/score/0"] == "score/3/0")
    #expect(
      byName["publish"]?.inputs["variant/1/table/exp"] == "train/1/exp")
  }

  @Test func aScalingIsAskedOnlyOfFunctionsThatHaveIt() throws {
    for (name, scaling) in [("rsqrt", "paper"), ("exp", "none"), ("reciprocal", "none")] {
      guard case .train(let parameters) = byName["train/1/\(name)"]?.parameters else {
        Issue.record("no task train/1/\(name)")
        continue
      }
      #expect(parameters.scaling.rawValue == scaling)
      #expect(parameters.sites.isEmpty)
    }
  }

  @Test func tasksThatReadSourcesKnowWhereTheyAre() {
    for task in tasks {
      switch task.kind {
      case .collect, .evaluate: #expect(task.sources.count == 2, "\(task.name)")
      case .score: #expect(task.sources.count == 1)
      default: #expect(task.sources.isEmpty)
      }
    }
  }

  @Test func withoutCalibrationNothingIsCollected() throws {
    var job = try JobFileText.example("minilm-wordnet.yaml")
    job.variants = [job.variants[1]]
    job.publish = nil
    let kinds = try Set(SampleJob(job).tasks.map(\.kind))
    #expect(kinds == [.train, .evaluate, .score, .hardware])
  }

  @Test func fewRecordsAreAllDrawn() throws {
    let job = try SampleJob(JobFileText.example("minilm-wordnet.yaml"), records: 70)
    let collects = try job.tasks.filter { $0.kind == .collect }
    #expect(collects.count == 2)
    guard case .collect(let parameters) = collects.last?.parameters else {
      Issue.record("no collect task")
      return
    }
    #expect(parameters.range == 64..<70 && parameters.samples == 70)
  }

  /// A job of automatic variants beside one of 16 entries, on one layer: 6 sites.
  private func automatic(_ variants: String) throws -> SampleJob {
    let text = JobFileText.replacing(line: 9, with: variants)
    return try SampleJob(JobSpecification(yaml: text, file: "job.yaml"), layers: 1)
  }

  @Test func automaticEntriesHaveTheirTasks() throws {
    let job = try automatic(
      "  - {approximator: nn-lut, entries: auto, budget: 0.01, format: [fp32, int8]}")
    let tasks = try job.tasks
    let names = Dictionary(uniqueKeysWithValues: tasks.map { ($0.name, $0) })
    let counts = Dictionary(grouping: tasks, by: \.kind).mapValues(\.count)
    // The other variant is linear-lut.
    #expect(counts[.train] == 6 * 16 + 6 + 6 && counts[.sensitivity] == 6 && counts[.assign] == 1)
    let site = "encoder.layer.0.intermediate.gelu"
    let sensitivity = try #require(names["sensitivity/0/\(site)"])
    #expect(sensitivity.inputs.count == 16)
    #expect(sensitivity.inputs["candidate/12-int8"] == "train/0/\(site)/12-int8")
    #expect(sensitivity.sources.count == 2)
    let assign = try #require(names["assign/0"])
    #expect(assign.inputs.count == 6 * 16 + 6)
    #expect(assign.inputs["sensitivity/\(site)"] == "sensitivity/0/\(site)")
    // The chosen tables stand where any variant's tables stand.
    let chosen = try #require(names["train/0/\(site)"])
    #expect(chosen.parameters == .chosen(ChosenTableParameters(table: site)))
    #expect(chosen.inputs == ["assignment": "assign/0", "histograms": "merge"])
    #expect(names["evaluate/0/0/0000"]?.inputs.count == 6)
    #expect(names["evaluate/0/0/0000"]?.inputs["table/\(site)"] == "train/0/\(site)")
    #expect(names["hardware/0"]?.inputs == names["evaluate/0/0/0000"]?.inputs)
    #expect(names["publish"]?.inputs["variant/0/assignment"] == "assign/0")
    #expect(names["publish"]?.inputs["variant/0/table/\(site)"] == "train/0/\(site)")
    var seen: Set<String> = ["resolve"]
    for task in tasks {
      #expect(seen.isSuperset(of: task.inputs.values), "\(task.name)")
      seen.insert(task.name)
    }
    guard case .assign(let parameters) = assign.parameters else { return }
    #expect(parameters.tables.count == 6 && parameters.budget == 0.01)
    #expect(parameters.sample.texts == 64)
  }

  /// What differs in the budget alone shares its candidates and what was measured with them. A
  /// candidate is not the computation of a variant's table of that size: it has no certificate.
  @Test func automaticVariantsShareTheirComputations() throws {
    let job = try automatic(
      """
        - {approximator: nn-lut, entries: auto, budget: [0.01, 0.02]}
        - {approximator: nn-lut, entries: 16, seed: 7}
      """)
    let tasks = try job.tasks.filter { !$0.name.hasPrefix("train/3/") }
    func distinct(_ kind: TaskKind) -> Int {
      Set(tasks.filter { $0.kind == kind }.map(\.parameters)).count
    }
    #expect(distinct(.train) == 6 * EntryChoice.candidates.count + 6 + 6)
    #expect(distinct(.sensitivity) == 6 && distinct(.assign) == 2)
  }

  @Test func sharedTablesAreMeasuredAtAllTheirSites() throws {
    let job = try automatic(
      "  - {approximator: optimal, entries: auto, budget: 0.01, scope: shared}")
    let task = try #require(job.tasks.first { $0.name == "sensitivity/0/rsqrt" })
    guard case .sensitivity(let parameters) = task.parameters else { return }
    #expect(parameters.sites.count == 3)
  }

  @Test func aFunctionWithoutAFormatIsNamed() throws {
    var job = try automatic("  - {approximator: nn-lut, entries: 16}")
    job.specification.variants[0].format = .byFunction([.gelu: .int8, .exp: .int8])
    let error = #expect(throws: PlanError.self) { try job.tasks }
    let message = error?.description ?? ""
    #expect(message.contains("variants[0].format names none for reciprocal, rsqrt"))
  }

  @Test func aTablesParametersHoldOnlyWhatItDependsOn() throws {
    let job = try automatic(
      "  - {approximator: optimal, objective: max, entries: 16, scaling: exponent, seed: 5}")
    for task in try job.tasks where task.name.hasPrefix("train/0/") {
      guard case .train(let parameters) = task.parameters else { continue }
      #expect(!parameters.calibrate && parameters.seed == 0 && parameters.sites.count == 1)
      let isScaled = parameters.function == .rsqrt || parameters.function == .reciprocal
      #expect(parameters.scaling == (isScaled ? .exponent : .none))
    }
  }

  @Test func theSamePlanComesOutAgain() throws {
    #expect(try SampleJob(JobFileText.example("minilm-wordnet.yaml")).tasks == tasks)
  }

  @Test func anUnusableModelIsNamed() throws {
    var job = try SampleJob(JobFileText.example("minilm-wordnet.yaml"))
    job.resolution.modelConfiguration = #"{"model_type": "gpt2"}"#
    let error = #expect(throws: (any Error).self) { try job.tasks }
    #expect("\(error.map { "\($0)" } ?? "")".contains("model_type"))
  }

  @Test func aPlanBeyondAllMeasureIsRefused() throws {
    let job = try SampleJob(JobFileText.example("minilm-wordnet.yaml"), texts: 1 << 40)
    let error = #expect(throws: PlanError.self) { try job.tasks }
    #expect(error?.description.contains("at most 100000") == true)
  }
}
