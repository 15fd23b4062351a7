import ArgumentParser
import Foundation
import Jobs
import Worker

struct ArtifactCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say how much of what new text sends to each site lies outside the calibration.",
    discussion: """
      nnlut artifact check minilm-sts --data new-text.txt
      nnlut artifact check ./out/minilm-sts --model ./minilm --data new-text.txt
      """)

  @Argument(help: "NAME[@VERSION|@ALIAS|@sha256:…], or the folder of a fetched artifact.")
  var artifact: String
  @Option(help: "Text, one record a line, or .jsonl with text: a file or a source.")
  var data: String
  @Option(help: "The model the tables belong to; default: the one of the job that published them.")
  var model: String?
  @Option(help: "At most so many records, drawn by --seed; 1 to 1000000.")
  var samples = 512
  @Option var seed: UInt64 = 1
  @Option(
    help: "End with exit code 1 where a site's share outside is larger, 0 to 1; default: never.")
  var failAbove: Double?
  @OptionGroup var fetching: FetchOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try KernelPinning.ensure()
    guard (1...1_000_000).contains(samples) else {
      throw UsageError(description: "--samples: \(samples) is not in 1 to 1000000")
    }
    if let failAbove, !(0...1).contains(failAbove) {
      throw UsageError(description: "--fail-above: \(failAbove) is not in 0 to 1")
    }
    let state = StateDirectory(given: connection.stateDir)
    try state.prepare()
    let place = URL(fileURLWithPath: artifact, isDirectory: true)
    let isFolder = FileManager.default.fileExists(
      atPath: place.appending(path: "manifest.json").path)
    let scratch = FileManager.default.temporaryDirectory.appending(
      path: "nnlut-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    let (folder, source) =
      isFolder ? (place, try given()) : try await fetched(into: scratch)
    let check = try DriftCheck(
      artifact: ArtifactTables(folder: folder), folder: folder, model: source,
      data: SourceArgument.source(data), samples: samples, seed: seed)
    let meter = ProgressMeter()
    let report = try await check.run(
      cache: state.cache, policy: fetching.policy(), progress: meter.show)
    meter.clear()
    try output.print(report) { DriftText.lines(report) }
    if let failAbove, report.largestShare > failAbove { throw ExitStatus.failed }
  }

  private func given() throws -> String {
    guard let model else {
      throw UsageError(
        description: "--model: a folder does not say where its model is; name it")
    }
    return SourceArgument.source(model)
  }

  /// The artifact from the registry, and the model that its job names.
  private func fetched(into scratch: URL) async throws -> (URL, String) {
    let (name, reference) = try ArtifactName.parse(artifact)
    let client = try connection.client()
    let version = try await client.artifact(name, reference: reference)
    let fetched = try await ArtifactDownload(client: client).fetch(
      name: name, reference: "\(version.version)", into: scratch.path)
    let folder = URL(fileURLWithPath: fetched.folder, isDirectory: true)
    if let model { return (folder, SourceArgument.source(model)) }
    guard let job = version.job else {
      throw UsageError(
        description: "--model: \(artifact) does not say which job made it; name the model")
    }
    return (folder, try await client.specification(job.uuidString).model)
  }
}

/// A drift check as a table for people.
enum DriftText {
  static func lines(_ report: DriftCheck.Report) -> [String] {
    var table = TextTable([
      ("site", .left), ("values", .right), ("outside", .right), ("below", .right),
      ("above", .right), ("arrived", .left), ("calibrated", .left),
    ])
    for site in report.sites {
      table.add([
        site.name, String(site.count), Readable.fixed(100 * site.share, 4) + " %",
        String(site.below), String(site.above), range(site.minimum, site.maximum),
        range(site.lower, site.upper) + (site.source == .domain ? " (the table's domain)" : ""),
      ])
    }
    let outside = report.sites.count { $0.share > 0 }
    return table.lines + [
      "",
      "\(report.records) records; \(outside) of \(report.sites.count) sites received values outside "
        + "what calibration saw, at most \(Readable.fixed(100 * report.largestShare, 4)) % of a site's",
    ]
  }

  private static func range(_ lower: Float?, _ upper: Float?) -> String {
    guard let lower, let upper else { return "nothing" }
    return String(format: "%.4g … %.4g", Double(lower), Double(upper))
  }
}
