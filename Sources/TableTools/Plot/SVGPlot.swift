import Foundation

/// A table's plot as SVG: function, table and breakpoints above, the error below.
struct SVGPlot {
  private let curves: TableCurves
  private let title: String
  private let subtitle: String
  private let width: Double
  private let height: Double

  private static let functionColour = "#1f77b4"
  private static let tableColour = "#d9480f"
  private static let errorColour = "#2b8a3e"
  private static let grey = "#868e96"

  /// The space of a panel.
  private struct Panel {
    var left: Double
    var top: Double
    var width: Double
    var height: Double

    func x(_ share: Double) -> Double { left + width * share }
    func y(_ share: Double) -> Double { top + height * (1 - share) }
  }

  private let upper: Panel
  private let lower: Panel

  init(_ document: TableDocument, width: Int, height: Int) {
    curves = TableCurves(document, resolution: 2 * width)
    title = document.title
    subtitle = document.certificateLines[0] + (Self.ratio(of: document).map { "; \($0)" } ?? "")
    self.width = Double(width)
    self.height = Double(height)
    let inner = Double(height) - 148
    upper = Panel(left: 76, top: 84, width: Double(width) - 100, height: inner * 0.66)
    lower = Panel(
      left: 76, top: 84 + inner * 0.66 + 28, width: Double(width) - 100,
      height: inner * 0.34 - 14)
  }

  private static func ratio(of document: TableDocument) -> String? {
    document.certificate.map { "\(Shown.ratio($0.ratio)) × the proven bound" }
  }

  var text: String {
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(Int(height))" \
      viewBox="0 0 \(Int(width)) \(Int(height))" \
      font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="12">
      <rect width="100%" height="100%" fill="#ffffff"/>
      <clipPath id="upper">\(box(upper))</clipPath><clipPath id="lower">\(box(lower))</clipPath>
      """,
      label(title, x: upper.left, y: 26, size: 15, weight: "bold", colour: "#212529"),
      label(subtitle, x: upper.left, y: 45, colour: "#495057"),
      legend(),
    ]
    parts += outside(upper) + outside(lower)
    parts += axes(upper, vertical: curves.y, showsNumbers: false)
    parts += axes(lower, vertical: curves.error, showsNumbers: true)
    parts += breakpoints()
    parts.append(
      path([curves.function], in: upper, curves.y, Self.functionColour, 4, "upper", opacity: 0.45))
    parts.append(path(curves.table, in: upper, curves.y, Self.tableColour, 1.7, "upper"))
    parts += curves.breakpoints.map { point in
      circle(x: upper.x(curves.x.share(of: point.x)), y: upper.y(curves.y.share(of: point.y)))
    }
    parts += errorLimits()
    parts.append(path(curves.errors, in: lower, curves.error, Self.errorColour, 1.5, "lower"))
    parts.append(
      label(
        curves.isRelative ? "relative error" : "error (table − function)", x: lower.left,
        y: lower.top - 7, colour: "#495057"))
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  private func legend() -> String {
    var x = upper.left
    var parts: [String] = []
    let y = 66.0
    for (name, colour, lineWidth, opacity) in [
      ("function", Self.functionColour, 4.0, 0.45), ("table", Self.tableColour, 1.7, 1),
    ] {
      parts.append(
        """
        <line x1="\(n(x))" y1="\(n(y))" x2="\(n(x + 26))" y2="\(n(y))" stroke="\(colour)" \
        stroke-width="\(lineWidth)" stroke-opacity="\(opacity)"/>
        """)
      parts.append(label(name, x: x + 32, y: y + 4))
      x += 42 + 8 * Double(name.count)
    }
    parts.append(circle(x: x + 8, y: y))
    let count = curves.breakpoints.count
    parts.append(
      label("\(count) breakpoint\(count == 1 ? "" : "s") inside the domain", x: x + 20, y: y + 4))
    return parts.joined(separator: "\n")
  }

  /// A light veil over what is outside the domain.
  private func outside(_ panel: Panel) -> [String] {
    let start = panel.x(curves.x.share(of: curves.domain.lowerBound))
    let end = panel.x(curves.x.share(of: curves.domain.upperBound))
    return [(panel.left, start), (end, panel.left + panel.width)].filter { $0.1 - $0.0 > 0.5 }
      .map { from, to in
        """
        <rect x="\(n(from))" y="\(n(panel.top))" width="\(n(to - from))" \
        height="\(n(panel.height))" fill="#f1f3f5"/>
        """
      }
  }

  private func axes(_ panel: Panel, vertical: AxisScale, showsNumbers: Bool) -> [String] {
    var parts: [String] = []
    for tick in curves.x.ticks {
      let x = panel.x(curves.x.share(of: tick))
      parts.append(line(x, panel.top, x, panel.top + panel.height, "#e9ecef"))
      if showsNumbers {
        parts.append(
          label(curves.x.label(tick), x: x, y: panel.top + panel.height + 17, anchor: "middle"))
      }
    }
    for tick in vertical.ticks {
      let y = panel.y(vertical.share(of: tick))
      let colour = tick == 0 ? "#adb5bd" : "#e9ecef"
      parts.append(line(panel.left, y, panel.left + panel.width, y, colour))
      parts.append(label(vertical.label(tick), x: panel.left - 7, y: y + 4, anchor: "end"))
    }
    parts.append(
      """
      <rect x="\(n(panel.left))" y="\(n(panel.top))" width="\(n(panel.width))" \
      height="\(n(panel.height))" fill="none" stroke="\(Self.grey)"/>
      """)
    return parts
  }

  private func breakpoints() -> [String] {
    curves.breakpoints.flatMap { point -> [String] in
      let share = curves.x.share(of: point.x)
      return [upper, lower].map {
        line(
          $0.x(share), $0.top, $0.x(share), $0.top + $0.height, Self.grey, dashes: "2 4",
          opacity: 0.7)
      }
    }
  }

  /// The largest error on both sides, with its number.
  private func errorLimits() -> [String] {
    let limit = curves.maximumError
    guard limit > 0 else { return [] }
    let lines = [limit, -limit].map { value in
      let y = lower.y(curves.error.share(of: value))
      return line(
        lower.left, y, lower.left + lower.width, y, Self.errorColour, dashes: "6 4", opacity: 0.6)
    }
    return lines + [
      label(
        "- - -  ± \(Shown.error(limit))", x: lower.left + lower.width, y: lower.top - 7,
        anchor: "end", colour: Self.errorColour)
    ]
  }

  private func path(
    _ parts: [[TableCurves.Point]], in panel: Panel, _ vertical: AxisScale, _ colour: String,
    _ lineWidth: Double, _ clip: String, opacity: Double = 1
  ) -> String {
    var data = ""
    for part in parts {
      for (index, point) in part.enumerated() {
        let share = min(max(vertical.share(of: point.y), -1), 2)
        data += index == 0 ? "M" : "L"
        data += "\(n(panel.x(curves.x.share(of: point.x)))) \(n(panel.y(share)))"
      }
    }
    return """
      <path d="\(data)" fill="none" stroke="\(colour)" stroke-width="\(lineWidth)" \
      stroke-opacity="\(opacity)" stroke-linejoin="round" clip-path="url(#\(clip))"/>
      """
  }

  private func label(
    _ text: String, x: Double, y: Double, anchor: String = "start", size: Int = 12,
    weight: String = "normal", colour: String = "#343a40"
  ) -> String {
    let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    return """
      <text x="\(n(x))" y="\(n(y))" text-anchor="\(anchor)" font-size="\(size)" \
      font-weight="\(weight)" fill="\(colour)">\(escaped)</text>
      """
  }

  private func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String,
    dashes: String? = nil, opacity: Double = 1
  ) -> String {
    let pattern = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    return """
      <line x1="\(n(x1))" y1="\(n(y1))" x2="\(n(x2))" y2="\(n(y2))" stroke="\(colour)" \
      stroke-opacity="\(opacity)"\(pattern)/>
      """
  }

  private func circle(x: Double, y: Double) -> String {
    """
    <circle cx="\(n(x))" cy="\(n(y))" r="3.2" fill="#ffffff" stroke="\(Self.tableColour)" \
    stroke-width="1.5"/>
    """
  }

  private func box(_ panel: Panel) -> String {
    """
    <rect x="\(n(panel.left))" y="\(n(panel.top))" width="\(n(panel.width))" \
    height="\(n(panel.height))"/>
    """
  }

  private func n(_ value: Double) -> String { String(format: "%.2f", value) }
}
