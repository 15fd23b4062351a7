import Evaluation
import Foundation
import Jobs
import Models
import ObjectStorage
import Transformers

/// One evaluation on this machine, without a coordinator: the exact model, and beside it the model
/// with an artifact's tables.
public struct LocalEvaluation: Sendable {
  /// A source (`file:`, `https:`, `s3:`, `hf:`) of a Hugging Face directory.
  public var model: String
  public var kind: EvaluationKind
  /// A source of a folder with a file for each split.
  public var data: String
  public var layout: EvaluationLayout?
  /// The splits to score; nil = all.
  public var splits: [String]?
  public var tables: ArtifactTables?
  /// Resamples of the paired bootstrap, `1...1_000_000`.
  public var resamples: Int
  /// The number format in which the model is judged, exact functions and tables alike.
  public var precision: ModelPrecision
  /// Text from which an int8 model takes its ranges; needed for int8.
  public var calibration: Calibration?

  /// Unlabelled text, drawn as a job draws it.
  public struct Calibration: Hashable, Sendable {
    /// A source of a text file.
    public var source: String
    public var samples: Int
    public var seed: UInt64

    public init(source: String, samples: Int, seed: UInt64) {
      self.source = source
      self.samples = samples
      self.seed = seed
    }
  }

  public init(
    model: String, kind: EvaluationKind, data: String, layout: EvaluationLayout? = nil,
    splits: [String]? = nil, tables: ArtifactTables? = nil, resamples: Int = JobPlan.resamples,
    precision: ModelPrecision = .fp32, calibration: Calibration? = nil
  ) {
    self.precision = precision
    self.calibration = calibration
    self.model = model
    self.kind = kind
    self.data = data
    self.layout = layout
    self.splits = splits
    self.tables = tables
    self.resamples = resamples
  }

  public struct Report: Hashable, Codable, Sendable {
    public var model: PinnedSource
    public var family: ModelFamily
    public var head: String
    public var precision: ModelPrecision
    public var data: PinnedSource
    public var kind: EvaluationKind
    /// The usual metric first.
    public var metricNames: [String]
    /// Scored items of each split that was scored.
    public var items: [String: Int]
    /// The exact model, by split.
    public var exact: [String: [String: Double]]
    /// With tables; nil without.
    public var tables: Tables?
    public var kernels: String

    public struct Tables: Hashable, Codable, Sendable {
      public var artifact: String
      public var metrics: [String: [String: Double]]
      /// Split → metric → tables minus exact.
      public var differences: [String: [String: PairedDifference]]
      /// Inputs for which the model with tables gave NaN or an infinity.
      public var unusableInputs: Int
    }
  }

  /// - Parameters:
  ///   - cache: The folder of fetched sources.
  ///   - policy: What may be fetched; its folders are not looked at: the user reads their own files.
  ///   - progress: Called on another thread with a share in `0...1`.
  /// - Throws: `TaskFailure` or `SourceError` that names the place and the remedy.
  public func run(
    cache: URL, policy: FetchPolicy = FetchPolicy(),
    progress: @escaping @Sendable (Double) throws -> Void = { _ in }
  ) async throws -> Report {
    var policy = policy
    policy.allowedFolders = [URL(fileURLWithPath: "/", isDirectory: true)]
    let sources = try SourceCache(directory: cache, policy: policy)
    return try await onOwnThread { try report(sources, scratch: cache, progress) }
  }

  private func report(
    _ sources: SourceCache, scratch: URL, _ progress: @Sendable (Double) throws -> Void
  ) throws -> Report {
    let modelFolder = try sources.resolve(model, wanting: .model) { try progress(0.05 * $0) }
    let dataFolder = try sources.resolve(data, wanting: .dataset) { try progress(0.05 + 0.05 * $0) }
    let text = try loaded(modelFolder.location, sources)
    let description = text.description
    let dataset = try EvaluationData.load(
      kind, layout: layout, labels: description.head.labels, folder: dataFolder.location,
      place: data)
    try EvaluationData.check(dataset, of: kind, fits: description, place: data)
    let scored = splits ?? dataset.splits.keys.sorted()
    for split in scored where dataset.splits[split] == nil {
      throw TaskFailure.badInput(
        "\(data): there is no split '\(split)'; it has "
          + dataset.splits.keys.sorted().joined(separator: ", "))
    }
    let share = tables == nil ? 0.9 : 0.45
    let (exact, unusable) = try ModelRun(model: text, nonlinearities: .exact(description)).outputs(
      of: dataset, splits: scored, scratch: scratch
    ) { try progress(0.1 + share * $0) }
    guard unusable == 0 else {
      throw TaskFailure.badInput(
        "\(model): the exact model's output is NaN or infinite for \(unusable) inputs; check its "
          + "weights")
    }
    var report = Report(
      model: PinnedSource(source: modelFolder.source, digest: modelFolder.digest),
      family: description.family, head: description.head.name, precision: precision,
      data: PinnedSource(source: dataFolder.source, digest: dataFolder.digest), kind: kind,
      metricNames: dataset.metricNames, items: dataset.splits.filter { scored.contains($0.key) },
      exact: [:], tables: nil, kernels: KernelClass.identity)
    var baseline: [String: Predictions] = [:]
    for split in scored {
      let predictions = try dataset.predictions(split: split, outputs: exact)
      baseline[split] = predictions
      report.exact[split] = try dataset.metrics(split: split, predictions)
    }
    if let tables {
      report.tables = try replaced(tables, text, dataset, baseline, scratch: scratch) {
        try progress(0.1 + share * (1 + $0))
      }
    }
    try progress(1)
    return report
  }

  private func loaded(_ folder: URL, _ sources: SourceCache) throws -> TextModel {
    guard precision == .int8 else {
      return try reading(model) { try ModelNumbers(precision: precision).model(folder) }
    }
    guard let calibration else {
      throw TaskFailure.badInput(
        "\(model): an int8 model takes its ranges from calibration text; name some with "
          + "--calibration")
    }
    let file = try sources.resolve(calibration.source, wanting: .file)
    let texts = try reading(calibration.source) {
      let records = try TextRecords(contentsOf: file.location)
      return TextRecords.draw(
        samples: calibration.samples, of: records.count, seed: calibration.seed
      ).map { records[$0] }
    }
    let exact = try reading(model) { try ModelNumbers().model(folder) }
    let recorder = HistogramRecorder(exact.description, recordsLinearInputs: true)
    try exact.record(texts, nonlinearities: .exact(exact.description), recorder: recorder)
    let numbers = ModelNumbers(
      precision: .int8, linearInputs: try recorder.histograms.linearInputs())
    return try reading(model) { try numbers.model(folder) }
  }

  /// The same data through the model with tables, compared with the exact model's predictions.
  private func replaced(
    _ artifact: ArtifactTables, _ text: TextModel, _ dataset: any EvaluationDataset,
    _ baseline: [String: Predictions], scratch: URL, progress: (Double) throws -> Void
  ) throws -> Report.Tables {
    let nonlinearities = try reading("tables \(artifact.digest.short)") {
      try Nonlinearities(model: text.description, tables: artifact.tables)
    }
    let (outputs, unusable) = try ModelRun(model: text, nonlinearities: nonlinearities).outputs(
      of: dataset, splits: baseline.keys.sorted(), scratch: scratch, progress: progress)
    var result = Report.Tables(
      artifact: "\(artifact.digest)", metrics: [:], differences: [:], unusableInputs: unusable)
    for (split, exact) in baseline {
      let predictions = try dataset.predictions(split: split, outputs: outputs)
      result.metrics[split] = try dataset.metrics(split: split, predictions)
      for metric in dataset.metricNames {
        result.differences[split, default: [:]][metric] = try dataset.difference(
          metric: metric, split: split, variant: predictions, baseline: exact,
          resamples: resamples, seed: JobPlan.bootstrapSeed)
      }
    }
    return result
  }
}
