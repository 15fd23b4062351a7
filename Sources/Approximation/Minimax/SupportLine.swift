/// A line through a point, which keeps its precision where the intercept would cancel.
struct SupportLine: Hashable {
  var x: Double
  var y: Double
  var slope: Double

  /// Through two points; the first has the smaller x.
  init(_ first: TubePoint, _ second: TubePoint) {
    x = first.x
    y = first.y
    slope = (second.y - first.y) / (second.x - first.x)
  }

  init(x: Double, y: Double, slope: Double) {
    self.x = x
    self.y = y
    self.slope = slope
  }

  func callAsFunction(_ position: Double) -> Double { y + slope * (position - x) }

  var intercept: Double { y - slope * x }

  /// Where two lines meet; nil for parallels.
  func crossing(_ other: SupportLine) -> Double? {
    let position = x + (other(x) - y) / (slope - other.slope)
    return position.isFinite ? position : nil
  }

  /// y = x.
  static let identity = SupportLine(x: 0, y: 0, slope: 1)
}

/// A point on a tube's upper or lower chain.
struct TubePoint: Hashable {
  var x: Double
  var y: Double
  /// The first sample right of it.
  var next: Int
}
