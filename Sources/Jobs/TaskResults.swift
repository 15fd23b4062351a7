import Approximation
import Artifacts
import Evaluation
import Foundation
import HardwareCost
import LookupTables
import Models

// Each task's result is one JSON document (`ResultDocument.encode`), stored once under its digest.

/// The result of `resolve`: what the plan is made from.
public struct Resolution: Hashable, Codable, Sendable {
  public var model: PinnedSource
  /// The model's `config.json`, as text: the plan finds the sites in it.
  public var modelConfiguration: String
  /// Whether the model's folder says that it makes sentence embeddings, so that a head in its
  /// `config.json` is not used; nil = false.
  public var isSentenceEncoder: Bool?
  public var calibration: PinnedSource
  /// Records of calibration text that the file holds.
  public var calibrationRecords: Int
  public var evaluations: [PinnedEvaluation]
  /// BLAS build and kernel class of the worker that resolved. Every run of the model in this job is
  /// made with these: the last bits of a result depend on them.
  public var kernels: String

  public init(
    model: PinnedSource, modelConfiguration: String, calibration: PinnedSource,
    calibrationRecords: Int, evaluations: [PinnedEvaluation], kernels: String,
    isSentenceEncoder: Bool? = nil
  ) {
    self.isSentenceEncoder = isSentenceEncoder
    self.model = model
    self.modelConfiguration = modelConfiguration
    self.calibration = calibration
    self.calibrationRecords = calibrationRecords
    self.evaluations = evaluations
    self.kernels = kernels
  }
}

extension Resolution {
  /// The model with the sites that it runs.
  /// - Throws: `ModelError`.
  public func modelDescription() throws -> ModelDescription {
    let model = try ModelDescription(configuration: Data(modelConfiguration.utf8))
    return isSentenceEncoder == true ? model.withoutHead : model
  }
}

/// A place and the digest of what was found there.
public struct PinnedSource: Hashable, Codable, Sendable {
  /// The source with its revision pinned where it has one.
  public var source: String
  public var digest: ContentDigest

  public init(source: String, digest: ContentDigest) {
    self.source = source
    self.digest = digest
  }
}

public struct PinnedEvaluation: Hashable, Codable, Sendable {
  public var data: PinnedSource
  /// Inputs the model must run, all splits together.
  public var texts: Int
  /// Scored items of each split.
  public var items: [String: Int]

  public init(data: PinnedSource, texts: Int, items: [String: Int]) {
    self.data = data
    self.texts = texts
    self.items = items
  }
}

/// The result of `collect` and of `merge`: each site's histogram in its wire form.
public struct HistogramSet: Hashable, Codable, Sendable {
  public var sites: [String: Data]

  public init(sites: [String: Data]) { self.sites = sites }
}

/// The result of `train` (as a ``VariantResult``), but for candidates of `entries: auto` (``CandidateTable``).
public struct TrainedTable: Hashable, Codable, Sendable {
  public var function: NonlinearFunction
  public var table: LookupTable
  /// Largest absolute error against the exact function on the table's domain.
  public var maximumError: Double
  /// Mean squared error, weighted as the table was fitted.
  public var meanSquaredError: Double
  /// Choices and course of the training, for people and for provenance.
  public var notes: [String: String]
  /// How close the table is to the best possible; nil of candidates and in results of older versions.
  public var certificate: Certificate?
  /// Why there is no certificate although one was asked for; nil in results of older versions.
  public var withheld: String?

  public init(
    function: NonlinearFunction, table: LookupTable, maximumError: Double,
    meanSquaredError: Double, notes: [String: String], certificate: Certificate? = nil,
    withheld: String? = nil
  ) {
    self.withheld = withheld
    self.function = function
    self.table = table
    self.maximumError = maximumError
    self.meanSquaredError = meanSquaredError
    self.notes = notes
    self.certificate = certificate
  }
}

/// The result of `evaluate` (as a ``VariantResult``): one row of outputs per input, float32 little-endian.
public struct ModelOutputs: Hashable, Codable, Sendable {
  public var rows: Int
  /// Numbers of a row; 0 where rows differ.
  public var columns: Int
  /// Numbers of each row, where rows differ.
  public var lengths: [Int]?
  public var values: Data

  public init(rows: Int, columns: Int, lengths: [Int]? = nil, values: Data) {
    self.rows = rows
    self.columns = columns
    self.lengths = lengths
    self.values = values
  }
}

/// The result of `score` (as a ``VariantResult``), by split.
public struct ScoreResult: Hashable, Codable, Sendable {
  public var splits: [String: SplitScore]
  /// Texts for which a variant gave NaN or an infinity; their embedding counts as zeros.
  public var unusableTexts: Int

  public init(splits: [String: SplitScore], unusableTexts: Int = 0) {
    self.splits = splits
    self.unusableTexts = unusableTexts
  }
}

public struct SplitScore: Hashable, Codable, Sendable {
  /// For example `mrr@10`, `ndcg@10`, `recall@1`; `spearman`, `pearson`; `accuracy`, `f1`.
  public var metrics: [String: Double]
  public var predictions: Predictions
  /// Variant minus baseline, by metric; empty for the baseline.
  public var differences: [String: PairedDifference]

  public init(
    metrics: [String: Double], predictions: Predictions, differences: [String: PairedDifference]
  ) {
    self.metrics = metrics
    self.predictions = predictions
    self.differences = differences
  }
}

/// The result of `hardware` (as a ``VariantResult``): the variant's unit, and what it is compared with.
public struct HardwareResult: Hashable, Codable, Sendable {
  public var report: HardwareReport

  public init(report: HardwareReport) { self.report = report }
}

/// The result of `publish`.
public struct Publication: Hashable, Codable, Sendable {
  public var name: String
  /// Digest of the canonical manifest: the artifact's identity.
  public var manifest: ContentDigest
  /// Every file of the artifact, `manifest.json` among them; each is a blob.
  public var files: [ArtifactFile]
  /// Index of the chosen variant.
  public var variant: Int

  public init(name: String, manifest: ContentDigest, files: [ArtifactFile], variant: Int) {
    self.name = name
    self.manifest = manifest
    self.files = files
    self.variant = variant
  }
}

/// How every result becomes bytes: sorted keys, so that equal results have equal digests.
public enum ResultDocument {
  /// - Throws: `EncodingError` when a number is not finite.
  public static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }

  public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: Data) throws -> Value
  {
    try JSONDecoder().decode(type, from: bytes)
  }
}
