import Foundation

/// `make bench-tables`: how good and how fast the tables are, beside bounds and rivals.
@main
struct TableBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let python = arguments.first
    for (title, run) in [
      ("Approximators (fp32, uniform weights)", { try ReferenceSection().run() }),
      (
        "Slopes and intercepts on the 2^−6 grid (GQA-LUT's setting, inputs every 0.01)",
        { try GridSection().run() }
      ),
      (
        "Number formats (nn-lut refined, anchors and tails by default)",
        { try FormatSection().run() }
      ),
      ("Rivals that are no tables", { try RivalSection().run() }),
      ("Time, 16 entries, 1 000 buckets", { try TimingSection().run() }),
      ("Training speed", { try TrainingSection(python: python).run() }),
    ] as [(String, () throws -> String)] {
      print("\n## \(title)\n")
      print(try run())
    }
  }
}
