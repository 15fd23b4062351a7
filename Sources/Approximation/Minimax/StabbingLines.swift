/// The lines that pass through all vertical segments so far, held by their two extremes.
///
/// Segments come in ascending order of x. The steepest line touches a lower end and then an upper
/// one, the shallowest the other way round; right of all segments every other line runs between
/// those two. A new end moves an extreme to the tangent from that end to the convex hull of the
/// opposite ends, whose point of contact only moves right: constant amortised time for a segment
/// (O'Rourke 1981, "An on-line algorithm for fitting straight lines between data ranges").
struct StabbingLines {
  struct Extreme {
    var line: SupportLine
    /// The two ends it touches, from left to right, on opposite chains.
    var first: TubePoint
    var second: TubePoint
  }

  /// Whether a vertical line is no longer among them.
  private var hasSteepest = false
  private var hasShallowest = false
  private var high = SupportLine(x: 0, y: 0, slope: 0)
  private var low = SupportLine(x: 0, y: 0, slope: 0)
  /// Where the extremes touch last.
  private var highContact = TubePoint(x: 0, y: 0, next: 0)
  private var lowContact = TubePoint(x: 0, y: 0, next: 0)
  /// The lower convex hull of the upper ends, from the shallowest line's contact on.
  private var uppers: [TubePoint] = []
  private var upperHead = 0
  /// The upper convex hull of the lower ends, from the steepest line's contact on.
  private var lowers: [TubePoint] = []
  private var lowerHead = 0

  mutating func removeAll() {
    hasSteepest = false
    hasShallowest = false
    uppers.removeAll(keepingCapacity: true)
    lowers.removeAll(keepingCapacity: true)
    upperHead = 0
    lowerHead = 0
  }

  /// Nil while a vertical line is still among them.
  var steepest: Extreme? {
    hasSteepest ? Extreme(line: high, first: lowers[lowerHead], second: highContact) : nil
  }

  /// Nil while a vertical line is still among them.
  var shallowest: Extreme? {
    hasShallowest ? Extreme(line: low, first: uppers[upperHead], second: lowContact) : nil
  }

  /// Whether one of them passes a segment right of all others.
  func pass(_ x: Double, lower: Double, upper: Double) -> Bool {
    !(hasSteepest && high(x) < lower) && !(hasShallowest && low(x) > upper)
  }

  /// The last ends, for a set so small that it has no extremes.
  var lastEnds: (lower: TubePoint?, upper: TubePoint?) { (lowers.last, uppers.last) }

  /// Keeps the lines that run below or through the point. One must remain.
  mutating func addUpper(_ point: TubePoint) {
    if !hasSteepest || high(point.x) > point.y, lowerHead < lowers.count,
      lowers[lowerHead].x < point.x
    {
      var slope = Self.slope(lowers[lowerHead], point)
      while lowerHead + 1 < lowers.count, lowers[lowerHead + 1].x < point.x {
        let next = Self.slope(lowers[lowerHead + 1], point)
        guard next <= slope else { break }
        slope = next
        lowerHead += 1
      }
      high = SupportLine(x: lowers[lowerHead].x, y: lowers[lowerHead].y, slope: slope)
      highContact = point
      hasSteepest = true
    }
    while uppers.count >= upperHead + 2,
      Self.turn(uppers[uppers.count - 2], uppers[uppers.count - 1], point) <= 0
    {
      uppers.removeLast()
    }
    uppers.append(point)
  }

  /// Keeps the lines that run above or through the point. One must remain.
  mutating func addLower(_ point: TubePoint) {
    if !hasShallowest || low(point.x) < point.y, upperHead < uppers.count,
      uppers[upperHead].x < point.x
    {
      var slope = Self.slope(uppers[upperHead], point)
      while upperHead + 1 < uppers.count, uppers[upperHead + 1].x < point.x {
        let next = Self.slope(uppers[upperHead + 1], point)
        guard next >= slope else { break }
        slope = next
        upperHead += 1
      }
      low = SupportLine(x: uppers[upperHead].x, y: uppers[upperHead].y, slope: slope)
      lowContact = point
      hasShallowest = true
    }
    while lowers.count >= lowerHead + 2,
      Self.turn(lowers[lowers.count - 2], lowers[lowers.count - 1], point) >= 0
    {
      lowers.removeLast()
    }
    lowers.append(point)
  }

  private static func slope(_ first: TubePoint, _ second: TubePoint) -> Double {
    (second.y - first.y) / (second.x - first.x)
  }

  /// Positive when the way from a through b to c turns left.
  private static func turn(_ a: TubePoint, _ b: TubePoint, _ c: TubePoint) -> Double {
    (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)
  }
}
