import ArgumentParser
import Artifacts
import CoordinatorClient
import Foundation
import Jobs

struct ArtifactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "artifact", abstract: "List, show, fetch, verify or tag artifacts.",
    subcommands: [
      List.self, Show.self, Fetch.self, Verify.self, Tag.self, ArtifactCheckCommand.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the newest version of each artifact, or all versions of one.")

    @Argument(help: "An artifact's name.") var name: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
      let client = try connection.client()
      let versions =
        if let name { try await client.artifactVersions(name) } else {
          try await client.artifacts()
        }
      try output.print(versions) {
        var table = TextTable([
          ("artifact", .left), ("digest", .left), ("aliases", .left), ("created", .left),
        ])
        for version in versions {
          table.add([
            "\(version.name)@\(version.version)", version.digest.short,
            version.aliases.joined(separator: ", "), Readable.time(version.createdAt),
          ])
        }
        return table.lines
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show one version.")

    @Argument(help: "NAME, NAME@VERSION, NAME@ALIAS or NAME@sha256:…") var artifact: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
      let (name, reference) = try ArtifactName.parse(artifact)
      let client = try connection.client()
      let version = try await client.artifact(name, reference: reference)
      let manifest = try await ArtifactManifest(
        decoding: client.blob(version.digest, maximumBytes: ArtifactManifest.maximumBytes))
      let dipping = manifest.tables.filter { $0.value.dips == true }.keys.sorted()
      try output.print(version) {
        var table = TextTable([("file", .left), ("size", .right), ("digest", .left)])
        for file in version.files {
          table.add([file.path, Readable.bytes(file.size), file.digest.description])
        }
        return [
          "\(version.name)@\(version.version)  \(version.digest)",
          "aliases: \(version.aliases.joined(separator: ", "))",
          "created: \(Readable.time(version.createdAt))"
            + (version.job.map { " by job \($0.short)" } ?? ""), "",
        ] + table.lines
          + dipping.map { "\($0): lines dip below 0: the consumer must apply max(0, y)" }
      }
    }
  }

  struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Fetch a version; every digest is checked before anything is put in place.")

    @Argument(help: "NAME, NAME@VERSION, NAME@ALIAS or NAME@sha256:…") var artifact: String
    @Option(name: [.customShort("o"), .customLong("out")], help: "The folder it goes into.")
    var out = "."
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
      let (name, reference) = try ArtifactName.parse(artifact)
      let fetched = try await ArtifactDownload(client: try connection.client()).fetch(
        name: name, reference: reference, into: out)
      try output.print(fetched) {
        [
          "artifact \(fetched.name)@\(fetched.version) \(fetched.digest)",
          "verified, in \(fetched.folder)",
        ]
      }
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a fetched artifact: every digest, the manifest, the tables.")

    @Argument(help: "The folder with manifest.json.") var folder: String
    @OptionGroup var output: OutputOptions

    struct Verified: Encodable {
      var digest: ContentDigest
      var folder: String
    }

    func run() throws {
      let place = URL(fileURLWithPath: folder, isDirectory: true)
      guard FileManager.default.fileExists(atPath: place.path) else {
        throw NotFound(description: "there is no folder \(place.path); check the path")
      }
      let digest = try ArtifactVerifier.verify(place)
      try output.print(Verified(digest: digest, folder: place.path)) { ["\(digest) is whole"] }
    }
  }

  struct Tag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Move an alias to a version.")

    @Argument(help: "NAME@VERSION") var artifact: String
    @Argument(help: "The alias, for example production.") var alias: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
      let (name, reference) = try ArtifactName.parse(artifact)
      let client = try connection.client()
      let version = try await client.artifact(name, reference: reference)
      try await client.setAlias(name, alias: alias, version: version.version)
      try output.print(Tagged(name: name, alias: alias, version: version.version)) {
        ["\(name)@\(alias) is version \(version.version)"]
      }
    }

    struct Tagged: Encodable {
      var name: String
      var alias: String
      var version: Int
    }
  }
}

/// `NAME[@REFERENCE]`.
enum ArtifactName {
  static func parse(_ text: String) throws -> (name: String, reference: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts.first, !name.isEmpty, parts.last?.isEmpty == false else {
      throw UsageError(
        description: "'\(text)' names no artifact; write NAME, NAME@VERSION or NAME@latest")
    }
    return (String(name), parts.count == 2 ? String(parts[1]) : "latest")
  }
}
