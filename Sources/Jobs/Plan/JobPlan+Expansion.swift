import Approximation
import Artifacts
import Foundation
import LookupTables
import Models

/// Turns a job into its tasks. Pure: the same specification and resolution give the same plan,
/// whatever the number of workers.
public enum JobPlan {
  /// Calibration records of one `collect` task.
  public static let collectShard = 64
  /// Texts of one `evaluate` task.
  public static let evaluateShard = 1000
  /// Texts on which `entries: auto` measures the model's output error, and where each is cut.
  public static let outputTexts = 64
  public static let outputCharacters = 256
  /// Resamples of the paired bootstrap, and its seed.
  public static let resamples = 1000
  public static let bootstrapSeed: UInt64 = 1
  /// Jobs that would have more tasks are refused.
  public static let maximumTasks = 100_000

  /// The task that every job begins with.
  public static func first(_ specification: JobSpecification) -> PlannedTask {
    PlannedTask(
      name: "resolve",
      parameters: .resolve(
        ResolveParameters(
          model: specification.model, calibration: specification.calibration.source,
          evaluations: specification.evaluations)))
  }

  /// All tasks but the first, in an order in which every task follows its inputs.
  /// - Throws: `ModelError` when the model cannot be used, or ``PlanError``.
  public static func expand(_ specification: JobSpecification, _ resolution: Resolution) throws
    -> [PlannedTask]
  {
    try PlanBuilder(specification, resolution).tasks()
  }
}

/// Why a job cannot be planned.
public struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}

struct PlanBuilder {
  let specification: JobSpecification
  let resolution: Resolution
  let model: ModelDescription
  let sites: [Site]

  init(_ specification: JobSpecification, _ resolution: Resolution) throws {
    guard resolution.evaluations.count == specification.evaluations.count else {
      throw PlanError(
        "\(specification.evaluations.count) evaluations, of which "
          + "\(resolution.evaluations.count) were resolved; submit the job again")
    }
    self.specification = specification
    self.resolution = resolution
    model = try resolution.modelDescription()
    sites = model.sites
    try checkFormats()
    guard taskLimit <= JobPlan.maximumTasks else {
      throw PlanError(
        "the job would have about \(taskLimit) tasks; at most \(JobPlan.maximumTasks): list fewer "
          + "variants, or take fewer calibration samples or evaluation texts")
    }
  }

  /// At most how many tasks there will be.
  private var taskLimit: Int {
    let variants = specification.variants.count
    let shards = resolution.evaluations.map { 2 + min($0.texts, 1 << 40) / JobPlan.evaluateShard }
      .reduce(0, +)
    let collects = 2 + specification.calibration.samples / JobPlan.collectShard
    let tables = specification.variants.map { variant in
      // At most: every size in every format, a sensitivity and the chosen one.
      sites.count * (variant.entries.sizes.count * variant.format.all.count + 2) + 2
    }
    return shards * (variants + 1) + tables.reduce(0, +) + collects + 1
  }

  /// Every function of the model needs a number format.
  private func checkFormats() throws {
    for (index, variant) in specification.variants.enumerated() {
      let missing = Set(sites.map(\.function).filter { variant.format.formats(of: $0).isEmpty })
      guard missing.isEmpty else {
        throw PlanError(
          "variants[\(index)].format names none for "
            + missing.map(\.rawValue).sorted().joined(separator: ", ") + "; write one for each")
      }
    }
  }

  private var isInt8: Bool { specification.precision == .int8 }

  private var needsHistograms: Bool {
    isInt8 || specification.variants.contains(where: \.needsHistograms)
  }

  func tasks() -> [PlannedTask] {
    var tasks: [PlannedTask] = []
    // Unless it is an int8 model's, the baseline needs nothing: it comes first and keeps workers
    // busy.
    if isInt8 { tasks += collection() }
    for (index, evaluation) in specification.evaluations.enumerated() {
      tasks += evaluate(nil, index)
      tasks.append(score(nil, index, evaluation))
    }
    if needsHistograms, !isInt8 { tasks += collection() }
    for (index, variant) in specification.variants.enumerated() {
      tasks += variant.entries.isAutomatic ? assignment(index, variant) : training(index, variant)
      tasks.append(hardware(index))
      for (evaluationIndex, evaluation) in specification.evaluations.enumerated() {
        tasks += evaluate(index, evaluationIndex)
        tasks.append(score(index, evaluationIndex, evaluation))
      }
    }
    if specification.publish != nil { tasks.append(publish()) }
    return tasks
  }

  private func shards(of count: Int, size: Int) -> [(number: String, range: Range<Int>)] {
    stride(from: 0, to: count, by: size).enumerated().map { index, start in
      let digits = String(index)
      return (
        String(repeating: "0", count: max(0, 4 - digits.count)) + digits,
        start..<min(start + size, count)
      )
    }
  }

  func sources(_ pinned: PinnedSource...) -> [ContentDigest: String] {
    Dictionary(pinned.map { ($0.digest, $0.source) }) { first, _ in first }
  }

  private func collection() -> [PlannedTask] {
    let samples = min(specification.calibration.samples, resolution.calibrationRecords)
    let shards = shards(of: samples, size: JobPlan.collectShard)
    let collects = shards.map { shard in
      PlannedTask(
        name: "collect/\(shard.number)",
        parameters: .collect(
          CollectParameters(
            model: resolution.model.digest, calibration: resolution.calibration.digest,
            samples: samples, seed: specification.calibration.seed, range: shard.range,
            kernels: resolution.kernels, recordsLinearInputs: isInt8 ? true : nil)),
        sources: sources(resolution.model, resolution.calibration))
    }
    let inputs = shards.map { ("shard/\($0.number)", "collect/\($0.number)") }
    return collects + [
      PlannedTask(
        name: "merge", parameters: .merge(MergeParameters()),
        inputs: Dictionary(uniqueKeysWithValues: inputs))
    ]
  }

  private func training(_ index: Int, _ variant: Variant) -> [PlannedTask] {
    TableNames.of(variant, sites: sites).flatMap { table in
      variant.candidates(of: table.function).map {
        train("train/\(index)/\(table.name)", variant, table, $0)
      }
    }
  }

  func train(
    _ name: String, _ variant: Variant, _ table: TableNames, _ candidate: TableCandidate
  ) -> PlannedTask {
    PlannedTask(
      name: name,
      parameters: .train(
        TrainParameters(
          variant, function: table.function, sites: table.sites, entries: candidate.entries,
          format: candidate.format)),
      inputs: histograms(variant))
  }

  /// What a table of the variant is fitted to.
  func histograms(_ variant: Variant) -> [String: String] {
    variant.needsHistograms ? ["histograms": "merge"] : [:]
  }

  /// Input name → task, for every table of a variant.
  private func tables(_ index: Int, prefix: String = "") -> [String: String] {
    let names = TableNames.of(specification.variants[index], sites: sites).map(\.name)
    return Dictionary(
      uniqueKeysWithValues: names.map { ("\(prefix)table/\($0)", "train/\(index)/\($0)") })
  }

  private func evaluate(_ variant: Int?, _ evaluation: Int) -> [PlannedTask] {
    let pinned = resolution.evaluations[evaluation]
    var inputs = variant.map { tables($0) } ?? [:]
    if isInt8 { inputs["histograms"] = "merge" }
    return shards(of: pinned.texts, size: JobPlan.evaluateShard).map { shard in
      PlannedTask(
        name: "evaluate/\(Self.label(variant))/\(evaluation)/\(shard.number)",
        parameters: .evaluate(
          EvaluateParameters(
            model: resolution.model.digest, kind: specification.evaluations[evaluation].kind,
            data: pinned.data.digest, range: shard.range, kernels: resolution.kernels,
            precision: specification.precision == .fp32 ? nil : specification.precision,
            layout: specification.evaluations[evaluation].layout)),
        inputs: inputs, sources: sources(resolution.model, pinned.data))
    }
  }

  private func score(_ variant: Int?, _ index: Int, _ evaluation: EvaluationSpecification)
    -> PlannedTask
  {
    let pinned = resolution.evaluations[index]
    var inputs: [String: String] = [:]
    for shard in shards(of: pinned.texts, size: JobPlan.evaluateShard) {
      inputs["outputs/\(shard.number)"] =
        "evaluate/\(Self.label(variant))/\(index)/\(shard.number)"
    }
    if variant != nil { inputs["baseline"] = "score/baseline/\(index)" }
    return PlannedTask(
      name: "score/\(Self.label(variant))/\(index)",
      parameters: .score(
        ScoreParameters(
          kind: evaluation.kind, data: pinned.data.digest, metric: evaluation.metric,
          select: evaluation.select, report: evaluation.report, resamples: JobPlan.resamples,
          seed: JobPlan.bootstrapSeed, labels: model.head.labels, layout: evaluation.layout)),
      inputs: inputs, sources: sources(pinned.data))
  }

  /// The last one looks at all others, so that a job of variants that cannot be made fails; with
  /// `require: all` each looks at itself.
  private func hardware(_ index: Int) -> PlannedTask {
    let isLast = index == specification.variants.count - 1
    var inputs = tables(index)
    if isLast, specification.requires == .any {
      for other in 0..<index { inputs["variant/\(other)"] = "hardware/\(other)" }
    }
    return PlannedTask(
      name: "hardware/\(index)",
      parameters: .hardware(
        HardwareParameters(
          isEqualWidth: specification.variants[index].approximator == .linearLUT,
          isRequired: isLast || specification.requires == .all ? true : nil)),
      inputs: inputs)
  }

  private func publish() -> PlannedTask {
    var inputs: [String: String] = needsHistograms ? ["histograms": "merge"] : [:]
    for evaluation in specification.evaluations.indices {
      inputs["baseline/\(evaluation)"] = "score/baseline/\(evaluation)"
    }
    for variant in specification.variants.indices {
      inputs.merge(tables(variant, prefix: "variant/\(variant)/")) { _, new in new }
      if specification.variants[variant].entries.isAutomatic {
        inputs["variant/\(variant)/assignment"] = "assign/\(variant)"
      }
      inputs["variant/\(variant)/hardware"] = "hardware/\(variant)"
      for evaluation in specification.evaluations.indices {
        inputs["variant/\(variant)/score/\(evaluation)"] = "score/\(variant)/\(evaluation)"
      }
    }
    return PlannedTask(
      name: "publish",
      parameters: .publish(
        PublishParameters(specification: specification.unscheduled, resolution: resolution)),
      inputs: inputs)
  }

  private static func label(_ variant: Int?) -> String { variant.map(String.init) ?? "baseline" }
}
