import Foundation

/// Rows under a heading, printed as a Markdown table with aligned columns.
struct MarkdownTable {
  let columns: [String]
  private var rows: [[String]] = []

  init(_ columns: [String]) { self.columns = columns }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  func printed() -> String {
    let widths = columns.indices.map { column in
      ([columns] + rows).map { $0[column].count }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      "| "
        + zip(cells, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
        .joined(separator: " | ") + " |"
    }
    let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|")
    return ([line(columns), rule + "|"] + rows.map(line)).joined(separator: "\n")
  }
}

/// Three significant digits.
func significant(_ value: Double) -> String {
  guard value.isFinite else { return "–" }
  return String(format: value != 0 && (value < 1e-2 || value >= 1e4) ? "%.3e" : "%.4g", value)
}

func ratio(_ value: Double) -> String { value.isFinite ? String(format: "%.4f", value) : "–" }
