import Approximation
import LookupTables

/// What a plot of a table shows: the function, the table and its error over the table's domain and
/// a little beyond, in the table's own input (with a scaling, the reduced one).
struct TableCurves {
  struct Point {
    var x: Double
    var y: Double
  }

  let x: AxisScale
  let y: AxisScale
  let error: AxisScale
  let function: [Point]
  /// Parts between which the table may jump.
  let table: [[Point]]
  let errors: [[Point]]
  /// Inside the domain, ascending and distinct, with the table's value.
  let breakpoints: [Point]
  /// The table's domain.
  let domain: ClosedRange<Double>
  /// Whether errors are relative.
  let isRelative: Bool
  let maximumError: Double

  /// - Parameter resolution: Positions over the whole width, at least 16.
  init(_ document: TableDocument, resolution: Int) {
    let table = document.table
    let function = document.request.function
    // Scaling `paper` maps what is below 1 elsewhere.
    let lower = table.scaling == .paper ? max(1, table.lowerBound) : table.lowerBound
    let upper = max(table.upperBound, lower.nextUp)
    domain = Double(lower)...Double(upper)
    let isLogarithmic = lower > 0 && Double(upper) / Double(lower) >= 40
    let shown = Self.shown(domain, of: table, function: function, isLogarithmic: isLogarithmic)
    x = AxisScale(shown, isLogarithmic: isLogarithmic, tickCount: 9)

    let count = max(16, resolution)
    let inner = table.arithmetic.realBreakpoints.filter { $0 > Double(lower) && $0 < Double(upper) }
    let cuts = inner.enumerated().filter { $0.offset == 0 || inner[$0.offset - 1] < $0.element }
      .map(\.element)
    let scale = x
    let grid = (0...count).map { scale.value(at: Double($0) / Double(count)) }
    let curve = grid.map { Point(x: $0, y: function($0)) }
    var parts: [[Point]] = []
    for (from, to) in zip([shown.lowerBound] + cuts, cuts + [shown.upperBound]) {
      let last = to < shown.upperBound ? Double(Float(to).nextDown) : to
      let positions = [from] + grid.filter { $0 > from && $0 < last } + [max(from, last)]
      parts.append(positions.map { Point(x: $0, y: Double(table(Float($0)))) })
    }
    let isRelative = document.request.objective.isRelative
    let inside = domain
    let floor =
      curve.filter { inside.contains($0.x) }.reduce(0) { max($0, $1.y.magnitude) } / 256
    let errors = parts.map { part in
      part.filter { inside.contains($0.x) }.map { point in
        let exact = function(point.x)
        let magnitude = isRelative ? max(exact.magnitude, floor) : 1
        return Point(x: point.x, y: (point.y - exact) / magnitude)
      }
    }.filter { !$0.isEmpty }
    self.errors = errors
    self.isRelative = isRelative
    self.table = parts
    self.function = curve
    breakpoints = cuts.map { Point(x: $0, y: Double(table(Float($0)))) }
    let worst = errors.flatMap { $0.map(\.y.magnitude) }.reduce(0, max)
    maximumError = isRelative ? worst : document.maximumError
    let values = curve.map(\.y) + parts.flatMap { $0.map(\.y) }
    y = AxisScale(Self.padded(values), tickCount: 6)
    let reach = max(worst, maximumError)
    error = AxisScale((-1.15 * reach)...(reach > 0 ? 1.15 * reach : 1), tickCount: 4)
  }

  /// The domain and a twentieth of it on each side, where the function has values.
  private static func shown(
    _ domain: ClosedRange<Double>, of table: LookupTable, function: ApproximatedFunction,
    isLogarithmic: Bool
  ) -> ClosedRange<Double> {
    guard table.scaling == .none else { return domain }
    let margin = 0.05 * (domain.upperBound - domain.lowerBound)
    let permitted = function.permittedDomain
    if isLogarithmic {
      let factor = 1.15
      return max(
        permitted.lowerBound, domain.lowerBound / factor)...min(
          permitted.upperBound, domain.upperBound * factor)
    }
    let isPositive = domain.lowerBound > 0 && permitted.lowerBound > 0
    let left = isPositive ? domain.lowerBound * 0.9 : domain.lowerBound - margin
    return max(
      permitted.lowerBound, max(left, domain.lowerBound - margin))...min(
        permitted.upperBound, domain.upperBound + margin)
  }

  private static func padded(_ values: [Double]) -> ClosedRange<Double> {
    let lowest = values.reduce(Double.infinity) { min($0, $1) }
    let highest = values.reduce(-Double.infinity) { max($0, $1) }
    let margin = highest > lowest ? 0.06 * (highest - lowest) : 1
    return (lowest - margin)...(highest + margin)
  }
}
