import ArgumentParser
import Foundation
import Jobs
import Models
import Worker

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Judge a model, and the model with an artifact's tables, without any server.",
    discussion: """
      nnlut evaluate --model ./minilm --kind similarity --data ./stsb
      nnlut evaluate --model hf://textattack/bert-base-uncased-SST-2 --kind classification \\
        --data ./sst2 --split dev --tables ./out/minilm-wordnet
      """)

  @Option(help: "A Hugging Face model: a folder, or a file:, https:, s3: or hf: source.")
  var model: String
  @Option(
    help: ArgumentHelp(
      EvaluationKind.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "kind"))
  var kind: EvaluationKind
  @Option(help: "A folder with a file for each split, or a source of one.")
  var data: String
  @Option(help: "A split to score, more than once if wanted; default: all but train.")
  var split: [String] = []
  @Option(
    name: .customLong("column"),
    help: "text=NAME, pair=NAME or label=NAME, where the data's names are unusual.")
  var columns: [String] = []
  @Option(
    name: .customLong("label"),
    help: "What the data's labels 0, 1, 2 … are called, one option each, in their order.")
  var labels: [String] = []
  @Option(help: "The folder of a fetched artifact, whose tables are compared with the exact model.")
  var tables: String?
  @Option(help: "The model's own number format: fp32, fp16 or int8.")
  var precision = ModelPrecision.fp32
  @Option(help: "With --precision int8: text to take the ranges of linear layers from.")
  var calibration: String?
  @Option(help: "Records of that text, 1 to 1000000.")
  var samples = 512
  @Option(help: "Resamples of the paired bootstrap, 1 to 1000000.")
  var resamples = JobPlan.resamples
  @OptionGroup var fetching: FetchOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "The local stack's folder, whose cache is used (NNLUT_STATE_DIR).")
  var stateDir: String?

  func run() async throws {
    try KernelPinning.ensure()
    guard (1...1_000_000).contains(resamples) else {
      throw UsageError(description: "--resamples: \(resamples) is not in 1 to 1000000")
    }
    guard (1...1_000_000).contains(samples) else {
      throw UsageError(description: "--samples: \(samples) is not in 1 to 1000000")
    }
    guard precision != .int8 || calibration != nil else {
      throw UsageError(
        description: "--calibration: int8 takes its ranges from text; name a file of it")
    }
    for (flag, text) in [("--model", model), ("--data", data), ("--calibration", calibration)] {
      if let text { try SourceArgument.requireLocal(text, flag: flag) }
    }
    let state = StateDirectory(given: stateDir)
    try state.prepare()
    let evaluation = LocalEvaluation(
      model: SourceArgument.source(model), kind: kind, data: SourceArgument.source(data),
      layout: try layout(), splits: split.isEmpty ? nil : split,
      tables: try tables.map {
        try ArtifactTables(folder: URL(fileURLWithPath: $0, isDirectory: true))
      }, resamples: resamples, precision: precision,
      calibration: calibration.map {
        LocalEvaluation.Calibration(
          source: SourceArgument.source($0), samples: samples, seed: 1)
      })
    let meter = ProgressMeter()
    let report = try await evaluation.run(
      cache: state.cache, policy: fetching.policy(), progress: meter.show)
    meter.clear()
    try output.print(report) { EvaluationText.lines(report) }
  }

  private func layout() throws -> EvaluationLayout? {
    var columns: [String: String] = [:]
    for pair in self.columns {
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, ["text", "pair", "label"].contains(parts[0]) else {
        throw UsageError(
          description: "--column: '\(pair)' is none; write text=NAME, pair=NAME or label=NAME")
      }
      columns[parts[0]] = parts[1]
    }
    guard !columns.isEmpty || !labels.isEmpty else { return nil }
    return EvaluationLayout(
      columns: columns.isEmpty ? nil : columns, labels: labels.isEmpty ? nil : labels)
  }
}

extension EvaluationKind: ExpressibleByArgument {}
extension ModelPrecision: ExpressibleByArgument {}

/// A source as an argument: a path means `file:`.
enum SourceArgument {
  /// - Throws: ``NotFound`` when it is a path, and nothing is there.
  static func requireLocal(_ text: String, flag: String) throws {
    let source = source(text)
    guard source.hasPrefix("file:/"), !source.hasPrefix("file://") else { return }
    let path = String(source.dropFirst("file:".count))
    guard !FileManager.default.fileExists(atPath: path) else { return }
    throw NotFound(
      description: "\(flag): there is no \(path); write a path, or a source such as hf://")
  }

  static func source(_ text: String) -> String {
    let schemes = ["file:", "https:", "http:", "s3:", "hf:"]
    guard !schemes.contains(where: text.hasPrefix) else {
      guard text.hasPrefix("file:"), !text.hasPrefix("file:/") else { return text }
      return source(String(text.dropFirst("file:".count)))
    }
    return "file:" + URL(fileURLWithPath: text).standardizedFileURL.path
  }
}
