import Approximation
import Artifacts
import Foundation
import LookupTables

/// A small artifact in a folder of its own, removed at the end.
final class SampleArtifact {
  let folder: URL
  let digest: ContentDigest

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "artifact-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("evidence"), withIntermediateDirectories: true)
    let tables = try Self.tables()
    let files = [
      (TablesFile.name, try TablesFile(tables: tables).encoded()),
      ("evidence/report.json", Data("{}".utf8)),
    ]
    let manifest = ArtifactManifest(
      model: ContentDigest(of: Data("model".utf8)),
      data: ["calibration": ContentDigest(of: Data("text".utf8))],
      specification: .object(["samples": .integer(512)]), variant: .object([:]),
      sites: ["layer.0.gelu": "gelu", "layer.0.rsqrt": "layer.0.rsqrt"],
      tables: tables.mapValues(\.facts), codeVersions: ["train": 1], kernelClass: "Haswell",
      seeds: ["training": "1"], evidence: .null,
      files: files.map {
        ArtifactFile(path: $0.0, digest: ContentDigest(of: $0.1), size: $0.1.count)
      })
    let text = try manifest.encoded()
    digest = ContentDigest(of: text)
    for (path, bytes) in files + [(ArtifactManifest.name, text)] {
      try bytes.write(to: ArtifactPath.resolve(path, in: folder))
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static func tables() throws -> [String: TablesFile.NamedTable] {
    let gelu = try LookupTable(
      rounding: PiecewiseLinear(
        breakpoints: [-1.1, 0.3], slopes: [0.01, 0.4, 1], intercepts: [0.02, 1 / 3, -0.1]),
      lowerBound: -5, upperBound: 5, left: .constant(0), right: .line, format: .fp32,
      isNonNegative: false)
    let rsqrt = try LookupTable(
      rounding: PiecewiseLinear(
        breakpoints: [2], slopes: [-0.29, -0.1], intercepts: [1.29, 0.91]),
      lowerBound: 1, upperBound: 4, left: .clamp, right: .clamp, format: .int32,
      scaling: .exponent, scaledFunction: .rsqrt, isNonNegative: true)
    return [
      "gelu": .init(function: .gelu, table: gelu),
      "layer.0.rsqrt": .init(function: .rsqrt, table: rsqrt),
    ]
  }

  func file(_ path: String) -> URL { folder.appendingPathComponent(path) }
}
