import ArgumentParser
import Foundation
import TableTools

struct TablePlotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw function, table and error: a sketch here, SVG or PNG with -o.",
    discussion: """
      nnlut table plot table.json -o table.svg
      nnlut table plot --function gelu --domain -4:4 --entries 8 -o gelu.png
      """)

  @Argument(help: "A JSON document of `table fit`; or say what to fit.") var file: String?
  @OptionGroup var table: TableOptions
  @OptionGroup var approximator: ApproximatorOptions
  @Option(
    name: [.customShort("o"), .customLong("out")],
    help: ArgumentHelp("A file that ends in .svg or .png.", valueName: "file"))
  var out: String?
  @Option(help: ArgumentHelp("Pixels, 200 to 10000 (default: 960).", valueName: "n"))
  var width: String?
  @Option(help: ArgumentHelp("Pixels, 200 to 10000 (default: 640).", valueName: "n"))
  var height: String?

  func run() async throws {
    try TableCommand.run {
      let size = (
        width: try TablePlot.size(width, flag: "width", default: 960),
        height: try TablePlot.size(height, flag: "height", default: 640)
      )
      if let out { try TablePlot.checkPlace(out) }
      let document = try document()
      let plot = TablePlot(document)
      if let out { try plot.write(to: out, width: size.width, height: size.height) }
      let lines =
        [Terminal.bold(document.title)] + plot.sketch(width: Terminal.width)
        + document.certificateLines
      Terminal.write(lines.joined(separator: "\n") + "\n")
    }
  }

  private func document() throws -> TableDocument {
    if let file {
      guard table.isEmpty, approximator.isEmpty else {
        throw UsageError(
          description: "\(file): a document decides its table; leave the other flags out")
      }
      return try TableDocument(path: file)
    }
    guard !table.isEmpty || !approximator.isEmpty else {
      throw UsageError(
        description: "name a JSON document of `table fit`, or say what to fit: --function NAME")
    }
    var settings = table.settings
    approximator.apply(to: &settings)
    return try TableDocument(fitting: try settings.request()) { _ in
      try Task.checkCancellation()
    }
  }
}
