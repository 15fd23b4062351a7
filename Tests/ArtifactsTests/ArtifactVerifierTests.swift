import Artifacts
import Foundation
import Testing

struct ArtifactVerifierTests {
  private func problem(of sample: SampleArtifact) -> String {
    do {
      let digest = try ArtifactVerifier.verify(sample.folder)
      return "verified as \(digest)"
    } catch {
      return "\(error)"
    }
  }

  @Test func aWholeArtifactGivesItsIdentity() throws {
    let sample = try SampleArtifact()
    #expect(try ArtifactVerifier.verify(sample.folder) == sample.digest)
    #expect(try SampleArtifact().digest == sample.digest)
  }

  @Test func tablesComeBackBitForBit() throws {
    let sample = try SampleArtifact()
    let tables = try TablesFile(contentsOf: sample.file(TablesFile.name)).tables
    #expect(try tables == SampleArtifact.tables())
  }

  @Test(arguments: [TablesFile.name, "evidence/report.json"])
  func aChangedByteIsFound(path: String) throws {
    let sample = try SampleArtifact()
    var bytes = try Data(contentsOf: sample.file(path))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: sample.file(path))
    #expect(problem(of: sample).contains(path))
    #expect(problem(of: sample).contains("sha256:"))
  }

  @Test func aMissingFileIsNamed() throws {
    let sample = try SampleArtifact()
    try FileManager.default.removeItem(at: sample.file("evidence/report.json"))
    #expect(problem(of: sample).contains("report.json: is missing"))
  }

  @Test func aShortenedFileIsNamed() throws {
    let sample = try SampleArtifact()
    try Data("{".utf8).write(to: sample.file("evidence/report.json"))
    #expect(problem(of: sample).contains("has 1 bytes where the manifest says 2"))
  }

  @Test func aForeignFileIsNamed() throws {
    let sample = try SampleArtifact()
    try Data().write(to: sample.file("tables.json"))
    #expect(problem(of: sample).contains("tables.json: is not part of the artifact"))
  }

  @Test func aLinkIsNoFile() throws {
    let sample = try SampleArtifact()
    let place = sample.file("evidence/report.json")
    try FileManager.default.moveItem(at: place, to: sample.file("elsewhere"))
    try FileManager.default.createSymbolicLink(
      at: place, withDestinationURL: sample.file("elsewhere"))
    #expect(problem(of: sample).contains("no regular file"))
  }

  @Test func aManifestInAnotherFormIsRefused() throws {
    let sample = try SampleArtifact()
    let place = sample.file(ArtifactManifest.name)
    var text = try Data(contentsOf: place)
    text.append(0x0A)
    try text.write(to: place)
    #expect(problem(of: sample).contains("manifest.json: is not in canonical form"))
    let newer = String(decoding: try Data(contentsOf: place), as: UTF8.self)
      .replacingOccurrences(of: "\"schemaVersion\":1", with: "\"schemaVersion\":2")
    try Data(newer.utf8).write(to: place)
    #expect(problem(of: sample).contains("schema version 2"))
    try Data("[]".utf8).write(to: place)
    #expect(problem(of: sample).contains("is no manifest"))
  }

  @Test func factsThatContradictTheTablesAreFound() throws {
    let sample = try SampleArtifact()
    let place = sample.file(ArtifactManifest.name)
    let text = String(decoding: try Data(contentsOf: place), as: UTF8.self)
    let changed = text.replacingOccurrences(
      of: "\"upperBound\":\"5.0\"", with: "\"upperBound\":\"6.0\"")
    #expect(text != changed)
    try Data(changed.utf8).write(to: place)
    #expect(problem(of: sample).contains("the table 'gelu' is not the one"))
  }

  @Test(arguments: ["/etc/passwd", "../x", "a/../b", "", "a//b", ".hidden", "a/", "a\\b", "a\0b"])
  func pathsOutsideTheFolderAreRefused(path: String) {
    #expect(throws: ArtifactError.self) {
      try ArtifactPath.resolve(path, in: URL(fileURLWithPath: "/tmp"))
    }
  }

  @Test func plainPathsAreResolved() throws {
    let place = try ArtifactPath.resolve("a/b-1.json", in: URL(fileURLWithPath: "/tmp/x"))
    #expect(place.path == "/tmp/x/a/b-1.json")
  }
}
