import Approximation
import Artifacts
import Foundation
import LookupTables
import Models

/// What one task computes: everything in here is part of its content key, so it holds digests and
/// never places, names of jobs or times.
public enum TaskParameters: Hashable, Codable, Sendable {
  case resolve(ResolveParameters)
  case collect(CollectParameters)
  case merge(MergeParameters)
  case train(TrainParameters)
  case sensitivity(SensitivityParameters)
  case assign(AssignParameters)
  /// Of the kind `train` too: a table whose size and format `assign` has chosen.
  case chosen(ChosenTableParameters)
  case evaluate(EvaluateParameters)
  case score(ScoreParameters)
  case hardware(HardwareParameters)
  case publish(PublishParameters)
}

/// The one kind whose parameters name places: it is what turns places into digests. Never shared.
public struct ResolveParameters: Hashable, Codable, Sendable {
  public var model: String
  public var calibration: String
  public var evaluations: [EvaluationSpecification]

  public init(model: String, calibration: String, evaluations: [EvaluationSpecification]) {
    self.model = model
    self.calibration = calibration
    self.evaluations = evaluations
  }
}

public struct CollectParameters: Hashable, Codable, Sendable {
  public var model: ContentDigest
  public var calibration: ContentDigest
  /// `samples` records are drawn without replacement by `seed`; this shard is `range` of them.
  public var samples: Int
  public var seed: UInt64
  public var range: Range<Int>
  /// The BLAS build and kernel class to run on, as ``Resolution/kernels``.
  public var kernels: String
  /// Whether the inputs of linear layers are recorded too, which an int8 model takes its ranges
  /// from; nil = false.
  public var recordsLinearInputs: Bool?

  public init(
    model: ContentDigest, calibration: ContentDigest, samples: Int, seed: UInt64,
    range: Range<Int>, kernels: String, recordsLinearInputs: Bool? = nil
  ) {
    self.kernels = kernels
    self.recordsLinearInputs = recordsLinearInputs
    self.model = model
    self.calibration = calibration
    self.samples = samples
    self.seed = seed
    self.range = range
  }
}

/// Inputs: `shard/0000`, `shard/0001`, … (collect results).
public struct MergeParameters: Hashable, Codable, Sendable {
  public init() {}
}

/// Inputs: `table/<site>` (per site) or `table/<function>` (shared) for every site; none for the
/// baseline, which has the exact functions. An int8 model has `histograms` (the merge result) too.
public struct EvaluateParameters: Hashable, Codable, Sendable {
  public var model: ContentDigest
  public var kind: EvaluationKind
  public var data: ContentDigest
  /// Which of the data set's texts, in the data set's order.
  public var range: Range<Int>
  /// The BLAS build and kernel class to run on, as ``Resolution/kernels``.
  public var kernels: String
  /// The model's own number format; nil = fp32.
  public var precision: ModelPrecision?
  /// As ``EvaluationSpecification/layout``.
  public var layout: EvaluationLayout?

  public init(
    model: ContentDigest, kind: EvaluationKind, data: ContentDigest, range: Range<Int>,
    kernels: String, precision: ModelPrecision? = nil, layout: EvaluationLayout? = nil
  ) {
    self.kernels = kernels
    self.precision = precision
    self.layout = layout
    self.model = model
    self.kind = kind
    self.data = data
    self.range = range
  }
}

/// Inputs: `outputs/0000`, … (evaluate results, in order of their ranges) and, except for the
/// baseline itself, `baseline` (its score result).
public struct ScoreParameters: Hashable, Codable, Sendable {
  public var kind: EvaluationKind
  public var data: ContentDigest
  public var metric: String
  public var select: String
  public var report: String
  /// Resamples of the paired bootstrap, and its seed.
  public var resamples: Int
  public var seed: UInt64
  /// The labels of the model's own head, in their order; nil where it has none.
  public var labels: [String]?
  /// As ``EvaluationSpecification/layout``.
  public var layout: EvaluationLayout?

  public init(
    kind: EvaluationKind, data: ContentDigest, metric: String, select: String, report: String,
    resamples: Int, seed: UInt64, labels: [String]? = nil, layout: EvaluationLayout? = nil
  ) {
    self.labels = labels
    self.layout = layout
    self.kind = kind
    self.data = data
    self.metric = metric
    self.select = select
    self.report = report
    self.resamples = resamples
    self.seed = seed
  }
}

/// Inputs: `table/<site>` or `table/<function>`, and where one of several variants must be possible
/// `variant/<v>`, the prices of the others.
///
/// Every variant has this task, so that it is where a job ends whose variants cannot be made.
public struct HardwareParameters: Hashable, Codable, Sendable {
  /// Whether the tables' pieces are equally wide (linear-lut), so that an int32 unit stores no
  /// breakpoints.
  public var isEqualWidth: Bool
  /// Whether the task fails when neither the variant nor one of the inputs `variant/<v>` could be
  /// made; nil = false.
  public var isRequired: Bool?

  public init(isEqualWidth: Bool = false, isRequired: Bool? = nil) {
    self.isEqualWidth = isEqualWidth
    self.isRequired = isRequired
  }
}

/// Inputs: `histograms` where there are any, `baseline/<evaluation>`, and for each variant
/// `variant/<v>/table/<site or function>`, `variant/<v>/score/<evaluation>`, `variant/<v>/hardware`
/// and with `entries: auto` `variant/<v>/assignment` (v and evaluation are indices). Never shared.
public struct PublishParameters: Hashable, Codable, Sendable {
  public var specification: JobSpecification
  public var resolution: Resolution

  public init(specification: JobSpecification, resolution: Resolution) {
    self.specification = specification
    self.resolution = resolution
  }
}
