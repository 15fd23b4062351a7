import ArgumentParser
import Foundation
import TableTools

struct TableEvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Print what a table answers.",
    discussion: """
      nnlut table evaluate exp.json --inputs=-1,0x3F800000,nan --inputs=-8:0:17
      nnlut table evaluate tables.safetensors --table gelu --inputs inputs.npy -o results.npy

      Inputs are float32: a decimal number is rounded to the nearest one, and shown so. 0x and eight
      digits are a float32 pattern, 0x and four digits one of fp16, for tables of fp16 only.
      """)

  @Argument(help: "A JSON document of `table fit`, or an artifact's tables.safetensors.")
  var file: String
  @Option(help: ArgumentHelp("Which of an artifact's tables.", valueName: "name"))
  var table: String?
  // Unconditional: a number may begin with a minus.
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Numbers, patterns, LOWER:UPPER:COUNT, .npy, .csv or .txt files; commas between, repeatable.",
      valueName: "list"))
  var inputs: [String] = []
  @Option(
    name: [.customShort("o"), .customLong("out")],
    help: ArgumentHelp(
      "Write the results here: a float32 .npy of the inputs' shape.", valueName: "file"))
  var out: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try TableCommand.run {
      if let out { try TableEvaluation.checkPlace(out) }
      let source = try NamedFunctionTable(path: file, table: table)
      let evaluation = TableEvaluation(
        source, inputs: try TableInputs(inputs, format: source.table.format))
      if let out {
        let summary = try evaluation.write(to: out)
        if output.format == .json {
          try output.print(summary) { [] }
        } else {
          Terminal.note("\(out): \(summary.words)")
        }
        return
      }
      let rows = try evaluation.rows()
      try output.print(rows) { TextTable(TableEvaluation.listing(rows)).lines }
    }
  }
}
