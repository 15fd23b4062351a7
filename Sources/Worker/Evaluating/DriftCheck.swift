import ActivationStatistics
import Artifacts
import Evaluation
import Foundation
import Jobs
import LookupTables
import Models
import ObjectStorage
import Transformers

/// Runs new text through a model with an artifact's tables and says, for each site, how much of what
/// arrives lies outside what the tables were calibrated on.
public struct DriftCheck: Sendable {
  public var artifact: ArtifactTables
  /// Site → what calibration saw there; empty where the artifact does not say.
  public var calibrated: [String: ClosedRange<Float>]
  /// A source of the model that the tables belong to.
  public var model: String
  /// A source of unlabelled text.
  public var data: String
  /// At most so many records, drawn by ``seed``.
  public var samples: Int
  public var seed: UInt64

  public init(
    artifact: ArtifactTables, folder: URL, model: String, data: String, samples: Int, seed: UInt64
  ) throws {
    self.artifact = artifact
    calibrated = try CalibratedRanges.read(folder)
    self.model = model
    self.data = data
    self.samples = samples
    self.seed = seed
  }

  public struct Report: Hashable, Codable, Sendable {
    public var artifact: String
    public var records: Int
    /// In execution order.
    public var sites: [Site]

    /// The largest share outside, over all sites.
    public var largestShare: Double { sites.map(\.share).max() ?? 0 }
  }

  public struct Site: Hashable, Codable, Sendable {
    public var name: String
    /// Values that arrived, NaN and infinities included.
    public var count: Int
    /// Below and above ``range``, and NaN or infinite.
    public var below: Int
    public var above: Int
    public var notFinite: Int
    /// What arrived.
    public var minimum: Float?
    public var maximum: Float?
    /// What the values are held against: what calibration saw, or the table's domain.
    public var lower: Float
    public var upper: Float
    public var source: RangeSource

    /// Of all values, those outside.
    public var share: Double {
      count > 0 ? Double(below + above + notFinite) / Double(count) : 0
    }
  }

  public enum RangeSource: String, Codable, Sendable {
    case calibration, domain
  }

  /// - Throws: `TaskFailure` or `SourceError` that names the place and the remedy.
  public func run(
    cache: URL, policy: FetchPolicy = FetchPolicy(),
    progress: @escaping @Sendable (Double) throws -> Void = { _ in }
  ) async throws -> Report {
    var policy = policy
    policy.allowedFolders = [URL(fileURLWithPath: "/", isDirectory: true)]
    let sources = try SourceCache(directory: cache, policy: policy)
    return try await onOwnThread { try report(sources, progress) }
  }

  private func report(_ sources: SourceCache, _ progress: @Sendable (Double) throws -> Void) throws
    -> Report
  {
    let folder = try sources.resolve(model, wanting: .model) { try progress(0.05 * $0) }
    guard folder.digest == artifact.manifest.model else {
      throw TaskFailure.badInput(
        "\(model) is \(folder.digest.short), but the tables were made for "
          + "\(artifact.manifest.model.short); name the model they were calibrated on")
    }
    let file = try sources.resolve(data, wanting: .file) { try progress(0.05 + 0.05 * $0) }
    let texts = try reading(data) {
      let records = try TextRecords(contentsOf: file.location)
      return TextRecords.draw(samples: samples, of: records.count, seed: seed).map { records[$0] }
    }
    let text = try reading(model) { try TextModel(directory: folder.location) }
    let nonlinearities = try reading("tables \(artifact.digest.short)") {
      try Nonlinearities(model: text.description, tables: artifact.tables)
    }
    let sites = text.description.sites
    let recorder = RangeRecorder(ranges: sites.map { range(of: $0.name) })
    try text.record(texts, nonlinearities: nonlinearities, recorder: recorder) {
      try progress(0.1 + 0.9 * $0)
    }
    return Report(
      artifact: "\(artifact.digest)", records: texts.count,
      sites: zip(sites, recorder.counts).map { site, counts in
        let (range, source) = range(of: site.name)
        return Site(
          name: site.name, count: counts.count, below: counts.below, above: counts.above,
          notFinite: counts.notFinite, minimum: counts.minimum, maximum: counts.maximum,
          lower: range.lowerBound, upper: range.upperBound, source: source)
      })
  }

  private func range(of site: String) -> (range: ClosedRange<Float>, source: RangeSource) {
    if let calibrated = calibrated[site] { return (calibrated, .calibration) }
    guard let table = artifact.tables[site] else {
      return (-.greatestFiniteMagnitude ... .greatestFiniteMagnitude, .domain)
    }
    return (table.lowerBound...table.upperBound, .domain)
  }
}

/// What calibration saw at each site, from an artifact's evidence.
private enum CalibratedRanges {
  static let maximumBytes = 32 << 20

  private struct Summary: Decodable {
    var minimum: String?
    var maximum: String?
  }

  static func read(_ folder: URL) throws -> [String: ClosedRange<Float>] {
    let place = folder.appending(path: "evidence/histograms.json")
    guard FileManager.default.fileExists(atPath: place.path) else { return [:] }
    return try reading(place.path) {
      let bytes = try Data(contentsOf: place)
      guard bytes.count <= maximumBytes else {
        throw TaskFailure.badInput("\(place.path): larger than \(maximumBytes) bytes")
      }
      return try JSONDecoder().decode([String: Summary].self, from: bytes).compactMapValues {
        guard let lower = $0.minimum.flatMap(Float.init),
          let upper = $0.maximum.flatMap(Float.init),
          lower <= upper
        else { return nil }
        return lower...upper
      }
    }
  }
}

/// Counts what lies outside each site's range.
private final class RangeRecorder: ActivationRecorder {
  struct Counts {
    var count = 0
    var below = 0
    var above = 0
    var notFinite = 0
    var minimum: Float?
    var maximum: Float?
  }

  private let ranges: [ClosedRange<Float>]
  private(set) var counts: [Counts]

  init(ranges: [(range: ClosedRange<Float>, source: DriftCheck.RangeSource)]) {
    self.ranges = ranges.map(\.range)
    counts = Array(repeating: Counts(), count: ranges.count)
  }

  func record(site: Int, _ values: UnsafeBufferPointer<Float>) {
    guard ranges.indices.contains(site) else { return }
    let range = ranges[site]
    var sum = counts[site]
    sum.count += values.count
    for value in values {
      guard value.isFinite else {
        sum.notFinite += 1
        continue
      }
      if value < range.lowerBound { sum.below += 1 }
      if value > range.upperBound { sum.above += 1 }
      sum.minimum = min(sum.minimum ?? value, value)
      sum.maximum = max(sum.maximum ?? value, value)
    }
    counts[site] = sum
  }
}
