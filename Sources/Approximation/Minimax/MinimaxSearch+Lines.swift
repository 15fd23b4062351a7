import LookupTables

extension MinimaxSearch {
  /// A piece of the table: its line serves from `start` on.
  struct Piece {
    var start: Double
    var line: SupportLine
  }

  /// The table of the walk.
  func ideal() throws -> PiecewiseLinear {
    var pieces = continuity == .continuous ? linkedPieces() : chebyshevPieces()
    // Intercepts are exact at 0: the anchor nearest to it comes last.
    for anchor in problem.anchors.sorted(by: { $0.x.magnitude > $1.x.magnitude }) {
      pass(through: anchor, &pieces)
    }
    var start = max(pieces.last?.start ?? tube.x[0], problem.lower)
    if problem.endsOnIdentity {
      // Unused entries stand before y = x, empty.
      var switchover = problem.beyondDomain
      if case .identity(_, let position) = walk.ending { switchover = position }
      start = max(start, switchover)
      pieces.append(Piece(start: start, line: .identity))
    }
    guard let last = pieces.last else { throw TableError.entryCount(0) }
    while pieces.count < entries { pieces.append(last) }
    return try PiecewiseLinear(
      breakpoints: pieces.dropFirst().map(\.start), slopes: pieces.map(\.line.slope),
      intercepts: pieces.map(\.line.intercept))
  }

  /// The walk's last free line and where the free lines end.
  private var ending: (line: SupportLine, end: Double, isWhole: Bool) {
    let upper = tube.x[tube.count - 1]
    switch walk.ending {
    case .end(let line): return (line, upper, true)
    case .identity(let line, let position): return (line, min(position, upper), false)
    case .stuck: return (.identity, upper, true)
    }
  }

  /// Neighbouring lines of the walk meet inside the window between them.
  private func linkedPieces() -> [Piece] {
    var pieces: [Piece] = []
    var start = tube.x[0]
    let lines = walk.links.map(\.line) + [ending.line]
    for (index, line) in lines.enumerated() {
      if index > 0 {
        let window = walk.links[index - 1]
        let meeting = lines[index - 1].crossing(line) ?? window.exit.x
        start = max(start, min(max(meeting, window.second.x), window.exit.x))
      }
      pieces.append(Piece(start: start, line: line))
    }
    return pieces
  }

  /// Every piece with the best line there is for it alone.
  private func chebyshevPieces() -> [Piece] {
    let starts = [tube.x[0]] + walk.links.map(\.exit.x)
    let (last, end, isWhole) = ending
    let lines = walk.links.map(\.line) + [last]
    return starts.indices.map { index in
      let isLast = index + 1 == starts.count
      let part = ErrorTube(
        tube, from: starts[index], to: isLast ? end : starts[index + 1],
        includesEnd: isLast && isWhole)
      let line = part.bestLine(below: threshold.possible) ?? lines[index]
      return Piece(start: starts[index], line: line)
    }
  }

  /// Moves the lines that reach an anchor up to rounding onto it.
  private func pass(through anchor: Anchor, _ pieces: inout [Piece]) {
    let noise = 1e-9 * threshold.possible * problem.tolerance(at: anchor.x)
    for index in pieces.indices {
      let end = index + 1 < pieces.count ? pieces[index + 1].start : .infinity
      let margin = 1e-9 * max(anchor.x.magnitude, tube.x[tube.count - 1] - tube.x[0])
      guard anchor.x >= pieces[index].start - margin, anchor.x <= end + margin else { continue }
      let line = pieces[index].line
      let allowed = max(noise, 0x1p-44 * (line.y.magnitude + anchor.y.magnitude))
      guard (line(anchor.x) - anchor.y).magnitude <= allowed else { continue }
      pieces[index].line = SupportLine(x: anchor.x, y: anchor.y, slope: line.slope)
      if index > 0, (pieces[index].start - anchor.x).magnitude <= margin {
        pieces[index].start = anchor.x
      }
    }
  }
}

extension ErrorTube {
  /// The line of least error over the whole tube, where that is clearly less than a known error.
  fileprivate func bestLine(below known: Double) -> SupportLine? {
    guard count > 2 else {
      guard count == 2 else { return nil }
      return SupportLine(
        x: x[0], y: f[0], slope: (f[1] - f[0]) / (x[1] - x[0]))
    }
    var walk = TubeWalk(tube: self, continuity: .discontinuous)
    walk.run(error: known * (1 - 1e-8), limit: 1)
    if walk.isStuck { return nil }
    let noise = max(0x1p-46 * largestValue, .leastNormalMagnitude)
    guard
      let found = ThresholdSearch(
        guess: 0.5 * known, noise: noise, precision: 1e-9,
        isPossible: {
          walk.run(error: $0, limit: 1)
          return !walk.isStuck
        })
    else { return nil }
    walk.run(error: found.possible, limit: 1)
    if case .end(let line) = walk.ending { return line }
    return nil
  }
}

extension FitProblem {
  /// Just above the upper bound, far enough that the bound itself is still served from the left
  /// after an int32 table has rounded it.
  fileprivate var beyondDomain: Double {
    upper + max(upper - lower, lower.magnitude, upper.magnitude) * 0x1p-19
  }
}
