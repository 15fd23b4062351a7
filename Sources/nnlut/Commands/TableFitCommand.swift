import ArgumentParser
import Foundation
import TableTools

struct TableFitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fit a table and print it with its certificate.",
    discussion: """
      nnlut table fit --function gelu --domain -4:4 --entries 8 --format int8
      nnlut table fit --function exp --objective max --approximator optimal --output json -o exp.json
      """)

  @OptionGroup var table: TableOptions
  @OptionGroup var approximator: ApproximatorOptions
  @Option(help: ArgumentHelp("text (default), json or safetensors.", valueName: "name"))
  var output: String?
  @Option(
    name: [.customShort("o"), .customLong("out")],
    help: ArgumentHelp("Write to this file, whole or not at all.", valueName: "file"))
  var out: String?

  private enum Format: String { case text, json, safetensors }

  func run() async throws {
    let format = Format(rawValue: output ?? "text")
    guard let format else {
      throw UsageError(
        description: "--output: '\(output ?? "")' is unknown; write text, json or safetensors")
    }
    guard format != .safetensors || out != nil else {
      throw UsageError(description: "--output: safetensors needs a file; write -o FILE")
    }
    try TableCommand.run {
      if let out { try TableFile.checkPlace(out) }
      var settings = table.settings
      approximator.apply(to: &settings)
      let document = try TableDocument(fitting: try settings.request()) { _ in
        try Task.checkCancellation()
      }
      if let withheld = document.withheld {
        Terminal.note("warning: certificate withheld: \(withheld)")
      }
      if let warning = document.notes["warning"] { Terminal.note("warning: \(warning)") }
      let data: Data =
        switch format {
        case .text: Data((Self.lines(document).joined(separator: "\n") + "\n").utf8)
        case .json: try document.encoded()
        case .safetensors: try document.safetensors()
        }
      if let out {
        try TableFile.write(data, to: out)
        let lines = [document.title] + document.remarks + document.certificateLines
        Terminal.note(lines.joined(separator: "\n"))
      } else {
        Terminal.write(String(decoding: data, as: UTF8.self))
      }
    }
  }

  static func lines(_ document: TableDocument) -> [String] {
    [Terminal.bold(document.title), ""] + TextTable(document.entries).lines + [""]
      + document.rules + document.remarks + [""] + document.certificateLines
  }
}
