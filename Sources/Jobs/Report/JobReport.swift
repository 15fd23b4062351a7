import Approximation
import Artifacts
import Evaluation
import HardwareCost

/// What a job measured, variant by variant. Numbers only: how they look is the reader's business.
///
/// A job that is not finished, or that failed, has a report of what is there.
public struct JobReport: Hashable, Codable, Sendable {
  /// The job's name.
  public var name: String
  /// Nil before the job is resolved.
  public var model: PinnedSource?
  public var calibration: PinnedSource?
  /// Records of calibration text that were drawn.
  public var calibrationSamples: Int?
  public var evaluations: [ReportedEvaluation]
  /// The baseline first, then the variants in the job file's order.
  public var rows: [ReportRow]
  /// Nil without a rule, or while a variant's scores are missing.
  public var decision: PublishDecision?
  /// What was published.
  public var publication: Publication?
  /// What a reader must know, one sentence each: variants that cannot be made, certificates that are
  /// withheld. Nil in reports of older versions.
  public var warnings: [String]?

  public init(
    name: String, model: PinnedSource?, calibration: PinnedSource?, calibrationSamples: Int?,
    evaluations: [ReportedEvaluation], rows: [ReportRow], decision: PublishDecision?,
    publication: Publication?, warnings: [String]? = nil
  ) {
    self.warnings = warnings
    self.name = name
    self.model = model
    self.calibration = calibration
    self.calibrationSamples = calibrationSamples
    self.evaluations = evaluations
    self.rows = rows
    self.decision = decision
    self.publication = publication
  }
}

/// What the variants were judged by.
public struct ReportedEvaluation: Hashable, Codable, Sendable {
  public var kind: EvaluationKind
  public var metric: String
  public var select: String
  public var report: String
  /// Nil before the job is resolved.
  public var data: PinnedSource?
  /// Scored items of each split.
  public var items: [String: Int]

  public init(
    kind: EvaluationKind, metric: String, select: String, report: String, data: PinnedSource?,
    items: [String: Int]
  ) {
    self.kind = kind
    self.metric = metric
    self.select = select
    self.report = report
    self.data = data
    self.items = items
  }
}

/// The baseline or one variant.
public struct ReportRow: Hashable, Codable, Sendable {
  /// Index of the variant; nil for the baseline.
  public var variant: Int?
  /// For people: `baseline`, `nn-lut 16 int32 per-site`.
  public var label: String
  /// In the order of the evaluations; nil where the score is not there.
  public var scores: [ReportedScore?]
  /// The table with the largest error; nil for the baseline and while tables are missing.
  public var largestError: ReportedError?
  /// Nil for the baseline and while it is missing.
  public var hardware: HardwareReport?
  /// In execution order; empty for the baseline, while tables are missing and in reports of versions
  /// that did not list them.
  public var tables: [ReportedTable]
  /// With `entries: auto` only.
  public var assignment: ReportedAssignment?
  /// Why the variant cannot be made; nil where it can.
  public var notMade: NotMade?

  public init(
    variant: Int?, label: String, scores: [ReportedScore?], largestError: ReportedError?,
    hardware: HardwareReport?, tables: [ReportedTable] = [],
    assignment: ReportedAssignment? = nil, notMade: NotMade? = nil
  ) {
    self.notMade = notMade
    self.variant = variant
    self.label = label
    self.scores = scores
    self.largestError = largestError
    self.hardware = hardware
    self.tables = tables
    self.assignment = assignment
  }
}

/// A report that an older version has stored or sent says nothing of ``tables`` and ``assignment``.
extension ReportRow {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      variant: try container.decodeIfPresent(Int.self, forKey: .variant),
      label: try container.decode(String.self, forKey: .label),
      scores: try container.decode([ReportedScore?].self, forKey: .scores),
      largestError: try container.decodeIfPresent(ReportedError.self, forKey: .largestError),
      hardware: try container.decodeIfPresent(HardwareReport.self, forKey: .hardware),
      tables: try container.decodeIfPresent([ReportedTable].self, forKey: .tables) ?? [],
      assignment: try container.decodeIfPresent(ReportedAssignment.self, forKey: .assignment),
      notMade: try container.decodeIfPresent(NotMade.self, forKey: .notMade))
  }
}

/// One row's score in one evaluation.
public struct ReportedScore: Hashable, Codable, Sendable {
  /// Split → metric → value.
  public var metrics: [String: [String: Double]]
  /// Split → metric → variant minus baseline, with interval and flips; empty for the baseline.
  public var differences: [String: [String: PairedDifference]]
  /// Texts for which the variant gave NaN or an infinity; their embedding counts as zeros.
  public var unusableTexts: Int

  public init(
    metrics: [String: [String: Double]], differences: [String: [String: PairedDifference]],
    unusableTexts: Int
  ) {
    self.metrics = metrics
    self.differences = differences
    self.unusableTexts = unusableTexts
  }

  public init(_ score: ScoreResult) {
    metrics = score.splits.mapValues(\.metrics)
    differences = score.splits.mapValues(\.differences).filter { !$0.value.isEmpty }
    unusableTexts = score.unusableTexts
  }
}

/// A table's largest absolute error on its domain.
public struct ReportedError: Hashable, Codable, Sendable {
  public var value: Double
  /// The table: its site, or its function when shared.
  public var table: String
  public var function: NonlinearFunction

  public init(value: Double, table: String, function: NonlinearFunction) {
    self.value = value
    self.table = table
    self.function = function
  }
}
