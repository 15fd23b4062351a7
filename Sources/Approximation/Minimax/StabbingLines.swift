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

  /// Nil while a vertical line is still among them.
  private(set) var steepest: Extreme?
  private(set) var shallowest: Extreme?
  /// The lower convex hull of the upper ends, from the shallowest line's contact on.
  private var uppers: [TubePoint] = []
  private var upperHead = 0
  /// The upper convex hull of the lower ends, from the steepest line's contact on.
  private var lowers: [TubePoint] = []
  private var lowerHead = 0

  mutating func removeAll() {
    steepest = nil
    shallowest = nil
    uppers.removeAll(keepingCapacity: true)
    lowers.removeAll(keepingCapacity: true)
    upperHead = 0
    lowerHead = 0
  }

  /// The last ends, for a set so small that it has no extremes.
  var lastEnds: (lower: TubePoint?, upper: TubePoint?) { (lowers.last, uppers.last) }

  /// Keeps the lines that run below or through the point. One must remain.
  mutating func addUpper(_ point: TubePoint) {
    let mustTurn = steepest.map { $0.line(point.x) > point.y } ?? true
    if mustTurn, lowerHead < lowers.count, lowers[lowerHead].x < point.x {
      var slope = Self.slope(lowers[lowerHead], point)
      while lowerHead + 1 < lowers.count, lowers[lowerHead + 1].x < point.x {
        let next = Self.slope(lowers[lowerHead + 1], point)
        guard next <= slope else { break }
        slope = next
        lowerHead += 1
      }
      let contact = lowers[lowerHead]
      steepest = Extreme(
        line: SupportLine(x: contact.x, y: contact.y, slope: slope), first: contact, second: point)
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
    let mustTurn = shallowest.map { $0.line(point.x) < point.y } ?? true
    if mustTurn, upperHead < uppers.count, uppers[upperHead].x < point.x {
      var slope = Self.slope(uppers[upperHead], point)
      while upperHead + 1 < uppers.count, uppers[upperHead + 1].x < point.x {
        let next = Self.slope(uppers[upperHead + 1], point)
        guard next >= slope else { break }
        slope = next
        upperHead += 1
      }
      let contact = uppers[upperHead]
      shallowest = Extreme(
        line: SupportLine(x: contact.x, y: contact.y, slope: slope), first: contact, second: point)
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
