import Approximation
import Artifacts
import LookupTables

/// Which texts the model's output error is measured on: `texts` of the drawn calibration records,
/// drawn once more by the same seed, each cut after `characters` Unicode scalars.
///
/// Few and short, because the model runs over them once for each candidate.
public struct OutputSample: Hashable, Codable, Sendable {
  public var calibration: ContentDigest
  /// As ``CollectParameters``: the calibration's draw.
  public var samples: Int
  public var seed: UInt64
  public var texts: Int
  public var characters: Int

  public init(
    calibration: ContentDigest, samples: Int, seed: UInt64, texts: Int, characters: Int
  ) {
    self.calibration = calibration
    self.samples = samples
    self.seed = seed
    self.texts = texts
    self.characters = characters
  }
}

/// Inputs: `candidate/<entries>-<format>` (``CandidateTable``s), at least one.
public struct SensitivityParameters: Hashable, Codable, Sendable {
  public var model: ContentDigest
  public var sample: OutputSample
  /// Where the table stands: the candidate replaces the function there and nowhere else.
  public var sites: [String]
  /// The BLAS build and kernel class to run on, as ``Resolution/kernels``.
  public var kernels: String

  public init(model: ContentDigest, sample: OutputSample, sites: [String], kernels: String) {
    self.model = model
    self.sample = sample
    self.sites = sites
    self.kernels = kernels
  }
}

/// Inputs: `sensitivity/<table>` for each of ``tables``, and all their candidates as
/// `candidate/<table>/<entries>-<format>`.
public struct AssignParameters: Hashable, Codable, Sendable {
  public var model: ContentDigest
  public var sample: OutputSample
  /// In execution order.
  public var tables: [TableNames]
  /// The largest mean output error of the model with all chosen tables.
  public var budget: Double
  /// The BLAS build and kernel class to run on, as ``Resolution/kernels``.
  public var kernels: String

  public init(
    model: ContentDigest, sample: OutputSample, tables: [TableNames], budget: Double,
    kernels: String
  ) {
    self.model = model
    self.sample = sample
    self.tables = tables
    self.budget = budget
    self.kernels = kernels
  }
}

/// Inputs: `assignment` (an assign result), and `histograms` (a merge result) when the table needs
/// them. The result is a ``TrainedTable`` with its certificate, as of any other variant's table, so
/// that equal tables are equal inputs of what follows, whatever they were chosen among.
public struct ChosenTableParameters: Hashable, Codable, Sendable {
  /// Its name in ``Assignment/tables``, which holds everything else.
  public var table: String

  public init(table: String) { self.table = table }
}

/// One size and format of a table among which `assign` chooses.
public struct TableCandidate: Hashable, Codable, Sendable {
  /// N, in `2...256`.
  public var entries: Int
  public var format: NumberFormat

  public init(entries: Int, format: NumberFormat) {
    self.entries = entries
    self.format = format
  }

  /// `16-fp32`, as in names of tasks and inputs.
  public var name: String { "\(entries)-\(format.rawValue)" }
}

extension Variant {
  /// What `assign` chooses from for a function, in a fixed order.
  public func candidates(of function: NonlinearFunction) -> [TableCandidate] {
    format.formats(of: function).flatMap { format in
      entries.sizes.map { TableCandidate(entries: $0, format: format) }
    }
  }
}
