import Evaluation
import Foundation
import Models

/// One user request, as the job file states it; lists of variants are already multiplied out.
///
/// `JobSpecification(yaml:file:)` reads a job file; encoding gives JSON in the job file's own shape
/// (JSON is YAML, so what is encoded can be parsed again).
public struct JobSpecification: Hashable, Sendable {
  /// `[a-z0-9]([a-z0-9-]*[a-z0-9])?`, at most 63 characters.
  public var name: String
  /// `file:`, `https:` or `hf://` source of a Hugging Face model directory.
  public var model: String
  /// The number format in which the model is judged, the baseline included.
  public var precision: ModelPrecision
  public var calibration: CalibrationSpecification
  /// At least one.
  public var evaluations: [EvaluationSpecification]
  /// At least one; `baseline` is implied and not listed.
  public var variants: [Variant]
  public var publish: PublishRule?
  /// How many of the variants must be possible.
  public var requires: VariantRequirement
  /// In no content key and no artifact.
  public var scheduling: JobScheduling

  public init(
    name: String, model: String, precision: ModelPrecision = .fp32,
    calibration: CalibrationSpecification, evaluations: [EvaluationSpecification],
    variants: [Variant], publish: PublishRule?, scheduling: JobScheduling = JobScheduling(),
    requires: VariantRequirement = .any
  ) {
    self.requires = requires
    self.scheduling = scheduling
    self.name = name
    self.model = model
    self.precision = precision
    self.calibration = calibration
    self.evaluations = evaluations
    self.variants = variants
    self.publish = publish
  }
}

/// Which variants must be possible for a job to go on.
public enum VariantRequirement: String, Codable, CaseIterable, Sendable {
  /// At least one: a variant that cannot be made fails alone.
  case any
  /// Every one: the first that cannot be made ends the job.
  case all
}

/// Where calibration text comes from and how much of it is used.
public struct CalibrationSpecification: Hashable, Codable, Sendable {
  /// A text file (one record a line) or a `.jsonl` file with a `text` key.
  public var source: String
  /// How many records are drawn, `1...1_000_000`; all of them when there are fewer.
  public var samples: Int
  /// The domain policy of calibrated tables.
  public var range: RangePolicy
  public var seed: UInt64

  public init(source: String, samples: Int, range: RangePolicy, seed: UInt64) {
    self.source = source
    self.samples = samples
    self.range = range
    self.seed = seed
  }
}

/// How a table's domain is chosen.
public enum RangePolicy: Hashable, Sendable {
  /// Exact minimum and maximum.
  case observed
  /// Two-sided, by integer rank; in `50 < p <= 100`, default 99.999.
  case percentile(Double)
  /// The paper's range of each function.
  case fixed
}

public enum EvaluationKind: String, Codable, CaseIterable, Sendable {
  case retrieval, similarity, classification, regression
  case tokenClassification = "token-classification"
  case questionAnswering = "question-answering"
  case maskedLanguageModelling = "masked-language-modelling"
}

/// What the model is judged by.
public struct EvaluationSpecification: Hashable, Codable, Sendable {
  public var kind: EvaluationKind
  /// A folder with a file for each split (docs/job-file.md).
  public var source: String
  /// The metric that `publish.require` looks at, for example `mrr@10`.
  public var metric: String
  /// The split on which variants are chosen.
  public var select: String
  /// The split that is reported.
  public var report: String
  /// Nil where the data's files say all.
  public var layout: EvaluationLayout?

  public init(
    kind: EvaluationKind, source: String, metric: String, select: String, report: String,
    layout: EvaluationLayout? = nil
  ) {
    self.layout = layout
    self.kind = kind
    self.source = source
    self.metric = metric
    self.select = select
    self.report = report
  }
}

/// What an evaluation's files do not say themselves.
public struct EvaluationLayout: Hashable, Codable, Sendable {
  /// `text`, `pair`, `label` → the column's name, or its number from 1 in a file without a header,
  /// where it is not one of the usual names.
  public var columns: [String: String]?
  /// What the data's labels 0, 1, 2 … are called.
  public var labels: [String]?

  public init(columns: [String: String]? = nil, labels: [String]? = nil) {
    self.columns = columns
    self.labels = labels
  }
}

extension EvaluationSpecification {
  /// What is lost where the metric goes from `baseline` to `variant`: the difference, or the
  /// relative increase where less is better (`perplexity`).
  public func drop(from baseline: Double, to variant: Double) -> Double {
    guard EvaluationDatasets.isLowerBetter(metric) else { return baseline - variant }
    return baseline > 0 ? variant / baseline - 1 : .infinity
  }
}

/// How the published variant is chosen.
public struct PublishRule: Hashable, Codable, Sendable {
  /// The artifact's name; same form as a job's.
  public var name: String
  /// Largest loss of every evaluation's metric on its select split
  /// (``EvaluationSpecification/drop(from:to:)``), in `0...1`.
  public var maximumDrop: Double
  public var minimize: Minimize

  public enum Minimize: String, Codable, CaseIterable, Sendable {
    case area, entries, drop
  }

  public init(name: String, maximumDrop: Double, minimize: Minimize) {
    self.name = name
    self.maximumDrop = maximumDrop
    self.minimize = minimize
  }
}
