import Foundation

/// What an artifact is. Its digest, that of its canonical text, is the artifact's
/// identity; it names the digest of every other file. It holds no job, version number, name, time
/// or host, so the same work gives the same identity wherever and whenever it was done.
public struct ArtifactManifest: Hashable, Codable, Sendable {
  /// The file's name in an artifact.
  public static let name = "manifest.json"
  /// The schema that this code writes, and the only one it reads.
  public static let schema = 1
  /// Longer manifests are refused.
  public static let maximumBytes = 32 << 20

  /// The version of this file's own layout.
  public var schemaVersion: Int
  /// Digest of the model's folder.
  public var model: ContentDigest
  /// `calibration` and `evaluation/<index>` → digest of the data.
  public var data: [String: ContentDigest]
  /// The job file, without the names of places and of the job.
  public var specification: CanonicalJSON
  /// The variant whose tables these are, as in the job file.
  public var variant: CanonicalJSON
  /// Site → name of the table that stands there.
  public var sites: [String: String]
  /// Table name → all that pins its result beside its numbers, which are in `tables.safetensors`.
  public var tables: [String: TableFacts]
  /// Kind of task → version of the code that computed it.
  public var codeVersions: [String: Int]
  /// BLAS build and kernel class with which every run of the model was made.
  public var kernelClass: String
  /// What was seeded → its seed, as decimal text.
  public var seeds: [String: String]
  /// The chosen variant's and the baseline's scores, in short; the evidence files hold all.
  public var evidence: CanonicalJSON
  /// Every file but the manifest, ascending by path.
  public var files: [ArtifactFile]

  public init(
    model: ContentDigest, data: [String: ContentDigest], specification: CanonicalJSON,
    variant: CanonicalJSON, sites: [String: String], tables: [String: TableFacts],
    codeVersions: [String: Int], kernelClass: String, seeds: [String: String],
    evidence: CanonicalJSON, files: [ArtifactFile]
  ) {
    schemaVersion = Self.schema
    self.model = model
    self.data = data
    self.specification = specification
    self.variant = variant
    self.sites = sites
    self.tables = tables
    self.codeVersions = codeVersions
    self.kernelClass = kernelClass
    self.seeds = seeds
    self.evidence = evidence
    self.files = files.sorted { $0.path < $1.path }
  }

  /// The canonical text.
  /// - Throws: `EncodingError` or ``ArtifactError``.
  public func encoded() throws -> Data { try CanonicalJSON(encoding: self).encoded() }

  /// Reads a manifest.
  /// - Throws: ``ArtifactError`` when the text is too long, of another schema, no manifest or not
  ///   canonical.
  public init(decoding text: Data) throws {
    struct Schema: Decodable { var schemaVersion: Int }
    let again = "fetch the artifact again"
    guard text.count <= Self.maximumBytes else {
      throw ArtifactError(
        file: Self.name, problem: "\(text.count) bytes; at most \(Self.maximumBytes) are read",
        remedy: again)
    }
    do {
      let version = try JSONDecoder().decode(Schema.self, from: text).schemaVersion
      guard version == Self.schema else {
        throw ArtifactError(
          file: Self.name, problem: "schema version \(version); this program reads \(Self.schema)",
          remedy: "use the nnlut that made the artifact, or a newer one")
      }
      self = try JSONDecoder().decode(Self.self, from: text)
    } catch let error as DecodingError {
      throw ArtifactError(file: Self.name, problem: "is no manifest (\(error))", remedy: again)
    }
    guard try encoded() == text else {
      throw ArtifactError(
        file: Self.name, problem: "is not in canonical form, or has keys that no manifest has",
        remedy: again)
    }
  }
}
