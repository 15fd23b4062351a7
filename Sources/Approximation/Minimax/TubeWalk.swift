/// The walk through an error tube that takes the fewest lines: each reaches as far as any can.
///
/// Discontinuous: the next line starts where the tube ended the last one. Continuous (minimum-link
/// path: Suri 1986; Imai & Iri 1988, "Polygonal approximations of a curve"): the furthest line
/// touches one chain last at p and leaves through the other at q. Between p and q it is a window
/// that every path of one link more must cross, so the next line stays inside p's chain from p on
/// and inside q's chain from q on: it then crosses the window by itself, and that is the knot.
struct TubeWalk {
  struct Link {
    var line: SupportLine
    /// The ends it touches before it leaves, from left to right; on opposite chains.
    var first: TubePoint
    var second: TubePoint
    /// Where it leaves the tube, on the chain of `first`.
    var exit: TubePoint
    var leavesBelow: Bool
  }

  enum Ending {
    /// The tube ends inside the last line's reach.
    case end(SupportLine)
    /// The last line meets y = x, which serves the rest.
    case identity(SupportLine, from: Double)
    /// More lines are needed than permitted.
    case stuck
  }

  let tube: ErrorTube
  let continuity: Continuity
  /// All lines but the last one.
  private(set) var links: [Link] = []
  private(set) var ending = Ending.stuck
  /// The last sample that y = x misses, when the last entry is that line.
  private(set) var missed = -1
  /// Where y = x enters the tube for good; +∞ when that is nowhere inside the domain.
  private(set) var identityStart = Double.infinity

  private var lines = StabbingLines()
  private var error = 0.0
  /// The tube at the left end of the cell that comes next.
  private var left = (x: 0.0, lower: 0.0, upper: 0.0)

  init(tube: ErrorTube, continuity: Continuity) {
    self.tube = tube
    self.continuity = continuity
  }

  var isStuck: Bool {
    if case .stuck = ending { true } else { false }
  }

  /// Walks with at most so many lines, without counting y = x.
  mutating func run(error: Double, limit: Int) {
    self.error = error
    links.removeAll(keepingCapacity: true)
    lines.removeAll()
    ending = .stuck
    missed = -1
    if tube.endsOnIdentity {
      (missed, identityStart) = tube.identityStart(error)
      if missed < 0 {
        ending = .identity(.identity, from: tube.x[0])
        return
      }
    }
    var index = 0
    while index < tube.count {
      if let link = passedFloorCrossing(before: index) {
        guard follow(link, at: index, limit: limit) else { return }
        continue
      }
      if tube.endsOnIdentity, index > missed, let met = identityMet(at: index) {
        ending = met
        return
      }
      guard let link = blocked(at: index) else {
        add(index)
        index += 1
        continue
      }
      guard follow(link, at: index, limit: limit) else { return }
    }
    ending = .end(anyLine(at: tube.count - 1))
  }

  /// Begins the next line, or ends the walk: with y = x, or stuck.
  /// - Returns: Whether the walk goes on.
  private mutating func follow(_ link: Link, at index: Int, limit: Int) -> Bool {
    if tube.endsOnIdentity, continuity == .discontinuous, link.exit.x >= identityStart {
      ending = .identity(link.line, from: identityStart)
      return false
    }
    links.append(link)
    guard links.count < limit else { return false }
    restart(after: link, at: index)
    return true
  }

  /// Asks for y ≥ 0 where the lower end appears or vanishes in the cell left of a sample.
  /// - Returns: The line that does not get there; nil when one does.
  private mutating func passedFloorCrossing(before index: Int) -> Link? {
    guard let x = tube.floorCrossing(before: index, error), x > left.x else { return nil }
    if let steepest = lines.steepest, steepest.line(x) < 0 {
      return link(steepest, exit: x, index, leavesBelow: true)
    }
    lines.addLower(TubePoint(x: x, y: 0, next: index))
    left = ends(at: x, in: index)
    return nil
  }

  /// The tube's cell left of a sample, cut at a position.
  private func ends(at x: Double, in index: Int) -> (x: Double, lower: Double, upper: Double) {
    let share = (x - left.x) / (tube.x[index] - left.x)
    let upper = left.upper + share * (tube.upper(index, error) - left.upper)
    guard tube.floor == .zero else {
      return (x, left.lower + share * (tube.lower(index, error) - left.lower), upper)
    }
    // Beside its crossing with 0 the lower end is there on one side only.
    let end = tube.lower(index, error)
    if let crossing = tube.floorCrossing(before: index, error) {
      guard crossing <= x else {
        let rise = left.lower.isFinite ? left.lower / (crossing - left.x) : 0
        return (x, left.lower.isFinite ? rise * (crossing - x) : -.infinity, upper)
      }
      guard end.isFinite else { return (x, -.infinity, upper) }
      return (x, end * (x - crossing) / (tube.x[index] - crossing), upper)
    }
    guard left.lower.isFinite, end.isFinite else { return (x, -.infinity, upper) }
    return (x, left.lower + share * (end - left.lower), upper)
  }

  /// The line that gets no further than this sample's cell; nil when one reaches the sample.
  private func blocked(at index: Int) -> Link? {
    let x = tube.x[index]
    let (lower, upper) = (tube.pinnedLower(index, error), tube.pinnedUpper(index, error))
    if lines.pass(x, lower: lower, upper: upper) { return nil }
    if !tube.followsGap[index],
      let link = blocked(
        x, tube.lower(index, error), tube.upper(index, error), isCell: true, index)
    {
      return link
    }
    return tube.isPinned[index] || tube.followsGap[index]
      ? blocked(x, lower, upper, isCell: false, index) : nil
  }

  private func blocked(
    _ x: Double, _ lower: Double, _ upper: Double, isCell: Bool, _ index: Int
  ) -> Link? {
    if let steepest = lines.steepest {
      let miss = lower - steepest.line(x)
      if miss > 0 {
        let spare = left.lower.isFinite ? max(0, steepest.line(left.x) - left.lower) : 0
        let exit = isCell ? min(x, left.x + (x - left.x) * (spare / (spare + miss))) : x
        return link(steepest, exit: exit, index, leavesBelow: true)
      }
    }
    if let shallowest = lines.shallowest {
      let miss = shallowest.line(x) - upper
      if miss > 0 {
        let spare = max(0, left.upper - shallowest.line(left.x))
        let exit = isCell ? min(x, left.x + (x - left.x) * (spare / (spare + miss))) : x
        return link(shallowest, exit: exit, index, leavesBelow: false)
      }
    }
    return nil
  }

  private func link(
    _ extreme: StabbingLines.Extreme, exit: Double, _ index: Int, leavesBelow: Bool
  ) -> Link {
    Link(
      line: extreme.line, first: extreme.first, second: extreme.second,
      exit: TubePoint(x: exit, y: extreme.line(exit), next: index), leavesBelow: leavesBelow)
  }

  private mutating func add(_ index: Int) {
    let x = tube.x[index]
    lines.addUpper(TubePoint(x: x, y: tube.pinnedUpper(index, error), next: index + 1))
    let lower = tube.pinnedLower(index, error)
    if lower.isFinite { lines.addLower(TubePoint(x: x, y: lower, next: index + 1)) }
    left = (x, tube.lower(index, error), tube.upper(index, error))
  }

  /// Begins the next line behind one that ended in the cell left of a sample.
  private mutating func restart(after link: Link, at index: Int) {
    let exit = link.exit
    let isInCell = exit.x < tube.x[index]
    lines.removeAll()
    if continuity == .continuous {
      // The window's other end, and its chain from there on.
      let chain = [link.second] + chain(after: link.second, to: exit.x, isUpper: link.leavesBelow)
      for point in chain {
        if link.leavesBelow { lines.addUpper(point) } else { lines.addLower(point) }
      }
    }
    guard isInCell else { return }
    // A line that ends where the lower end appears has left it at 0.
    let isAtCrossing = tube.floorCrossing(before: index, error) == exit.x
    left = ends(at: exit.x, in: index)
    if continuity == .discontinuous || !link.leavesBelow {
      lines.addUpper(TubePoint(x: exit.x, y: left.upper, next: index))
    }
    let lower = isAtCrossing ? 0 : left.lower
    if continuity == .discontinuous || link.leavesBelow, lower.isFinite {
      lines.addLower(TubePoint(x: exit.x, y: lower, next: index))
    }
  }

  private func chain(after start: TubePoint, to end: Double, isUpper: Bool) -> [TubePoint] {
    var points: [TubePoint] = []
    var index = start.next
    while index < tube.count {
      if !isUpper, let crossing = tube.floorCrossing(before: index, error), crossing > start.x,
        crossing < end
      {
        points.append(TubePoint(x: crossing, y: 0, next: index))
      }
      guard tube.x[index] < end else { break }
      let y = isUpper ? tube.pinnedUpper(index, error) : tube.pinnedLower(index, error)
      if y.isFinite { points.append(TubePoint(x: tube.x[index], y: y, next: index + 1)) }
      index += 1
    }
    return points
  }

  /// Whether a line of the present ones meets y = x, which stays inside the tube from here on,
  /// in the cell left of a sample.
  private func identityMet(at index: Int) -> Ending? {
    let x = tube.x[index]
    if continuity == .discontinuous {
      // All samples that y = x misses are served.
      guard blocked(at: index) == nil || x == identityStart else { return nil }
      return .identity(anyLine(at: index - 1), from: identityStart)
    }
    let isAbove = tube.x[missed] > tube.f[missed]
    let high = lines.steepest.map { $0.line(x) } ?? .infinity
    let low = lines.shallowest.map { $0.line(x) } ?? -.infinity
    guard isAbove ? high >= x : low <= x else { return nil }
    if index == missed + 1, !tube.followsGap[index] {
      // Lines that cross it before it enters the tube leave the tube there themselves; where nothing
      // is asked between two positions, they may.
      let entry = min(max(identityStart, left.x), x)
      let isBefore =
        isAbove
        ? lines.shallowest.map { $0.line(entry) > entry } ?? false
        : lines.steepest.map { $0.line(entry) < entry } ?? false
      if isBefore { return nil }
    }
    if isAbove ? low > x : high < x {
      // All of them cross it in the cell.
      guard let extreme = isAbove ? lines.shallowest : lines.steepest,
        let meeting = extreme.line.crossing(.identity)
      else { return nil }
      return .identity(extreme.line, from: min(max(meeting, left.x), x))
    }
    guard let line = line(through: x, x) else { return nil }
    return .identity(line, from: x)
  }

  /// A line of the present ones through a point that they reach, right of all segments.
  private func line(through x: Double, _ y: Double) -> SupportLine? {
    if let high = lines.steepest?.line, let low = lines.shallowest?.line {
      let span = high(x) - low(x)
      let share = span > 0 ? (y - low(x)) / span : 0.5
      let slope = low.slope + share * (high.slope - low.slope)
      return SupportLine(x: x, y: y, slope: slope)
    }
    let ends = lines.lastEnds
    // The end that stands furthest right is the window's own.
    guard let lower = ends.lower ?? ends.upper, let upper = ends.upper ?? ends.lower else {
      return nil
    }
    let pivot = lower.x > upper.x ? lower : upper
    guard pivot.x < x else { return nil }
    let start = lower.x == upper.x ? 0.5 * (lower.y + upper.y) : pivot.y
    return SupportLine(x: x, y: y, slope: (y - start) / (x - pivot.x))
  }

  /// The line in the middle of the present ones; the sample is the last one they serve.
  private func anyLine(at index: Int) -> SupportLine {
    let x = tube.x[index]
    switch (lines.steepest?.line, lines.shallowest?.line) {
    case (.some(let high), .some(let low)):
      return SupportLine(
        x: x, y: 0.5 * (high(x) + low(x)), slope: 0.5 * (high.slope + low.slope))
    case (.some(let line), .none), (.none, .some(let line)):
      return line
    case (.none, .none):
      // Nothing asks for more than 0.
      if tube.floor == .zero, lines.lastEnds.lower == nil {
        return SupportLine(x: x, y: 0, slope: 0)
      }
      let before = max(index - 1, 0)
      let slope = before < index ? (tube.f[index] - tube.f[before]) / (x - tube.x[before]) : 0
      return SupportLine(x: x, y: tube.f[index], slope: slope)
    }
  }
}
