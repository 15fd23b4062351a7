/// A table's plot in characters: each has two by four dots.
struct BrailleSketch {
  private let curves: TableCurves
  private let columns: Int

  /// Lines of the curve and of the error.
  private static let rows = (curve: 12, error: 5)
  private static let margin = 11

  /// - Parameter width: Columns of the screen; at least 40 are used, at most 100.
  init(_ document: TableDocument, width: Int) {
    columns = min(max(width, 40), 100) - Self.margin - 1
    curves = TableCurves(document, resolution: 8 * columns)
  }

  var lines: [String] {
    var upper = BrailleCanvas(columns: columns, rows: Self.rows.curve)
    for part in curves.table {
      draw(part, on: &upper, vertical: curves.y)
    }
    var lower = BrailleCanvas(columns: columns, rows: Self.rows.error)
    for part in curves.errors {
      draw(part, on: &lower, vertical: curves.error)
    }
    return labelled(upper.lines, curves.y) + [ruler] + labelled(lower.lines, curves.error)
      + [numbers, note]
  }

  private func draw(
    _ part: [TableCurves.Point], on canvas: inout BrailleCanvas, vertical: AxisScale
  ) {
    for (from, to) in zip(part, part.dropFirst()) {
      canvas.line(
        fromX: curves.x.share(of: from.x), y: vertical.share(of: from.y),
        toX: curves.x.share(of: to.x), y: vertical.share(of: to.y))
    }
  }

  /// The numbers of the range beside the first and the last line.
  private func labelled(_ lines: [String], _ axis: AxisScale) -> [String] {
    lines.enumerated().map { index, line in
      let value = index == 0 ? axis.upper : index == lines.count - 1 ? axis.lower : nil
      let text = value.map(Shown.error) ?? ""
      return Self.right(text, Self.margin - 1) + " ┤" + line
    }
  }

  /// The line between both parts: a mark at every breakpoint.
  private var ruler: String {
    var marks = [Character](repeating: "─", count: columns)
    for point in curves.breakpoints {
      let column = Int(curves.x.share(of: point.x) * Double(columns))
      marks[min(max(column, 0), columns - 1)] = "┼"
    }
    return Self.right("breakpoints", Self.margin) + "┤" + String(marks)
  }

  private var numbers: String {
    let lower = Shown.error(curves.x.lower)
    let upper = Shown.error(curves.x.upper)
    let space = max(1, columns - lower.count - upper.count)
    return String(repeating: " ", count: Self.margin + 1) + lower
      + String(repeating: " ", count: space) + upper
  }

  private var note: String {
    let text =
      "table above, its \(curves.isRelative ? "relative " : "")error below"
      + (curves.x.isLogarithmic ? "; logarithmic" : "")
    let indentation = max(0, min(Self.margin + 1, columns + Self.margin + 1 - text.count))
    return String(repeating: " ", count: indentation) + text
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// Dots in Unicode's braille patterns.
struct BrailleCanvas {
  private let columns: Int
  private let rows: Int
  private var cells: [UInt32]

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = [UInt32](repeating: 0, count: columns * rows)
  }

  /// The dots' bits by row and column of a cell.
  private static let bits: [[UInt32]] = [
    [0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80],
  ]

  /// A line between two places given as shares of width and height, from the lower left.
  mutating func line(fromX x1: Double, y y1: Double, toX x2: Double, y y2: Double) {
    let steps = max(
      1,
      Int(max((x2 - x1).magnitude * Double(2 * columns), (y2 - y1).magnitude * Double(4 * rows)))
        + 1)
    for step in 0...min(steps, 4000) {
      let share = Double(step) / Double(min(steps, 4000))
      dot(x: x1 + (x2 - x1) * share, y: y1 + (y2 - y1) * share)
    }
  }

  private mutating func dot(x: Double, y: Double) {
    guard x >= 0, x <= 1, y >= 0, y <= 1 else { return }
    let column = min(Int(x * Double(2 * columns)), 2 * columns - 1)
    let row = min(Int((1 - y) * Double(4 * rows)), 4 * rows - 1)
    cells[row / 4 * columns + column / 2] |= Self.bits[row % 4][column % 2]
  }

  var lines: [String] {
    (0..<rows).map { row in
      var scalars = String.UnicodeScalarView()
      for column in 0..<columns {
        scalars.append(Unicode.Scalar(0x2800 + cells[row * columns + column]) ?? " ")
      }
      return String(scalars)
    }
  }
}
