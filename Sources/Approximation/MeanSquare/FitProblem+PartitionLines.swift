import LookupTables

extension FitProblem {
  /// Just above the upper bound, far enough that the bound itself is still served from the left
  /// after an int32 table has rounded it.
  private var beyondDomain: Double {
    upper + max(upper - lower, lower.magnitude, upper.magnitude) * 0x1p-19
  }

  /// The lines of a partition, and breakpoints in the gaps that it cuts.
  ///
  /// - Parameter partition: Into at most so many runs of groups; entries that are left over lie
  ///   beyond the domain, as does a line y = x that begins after the last group.
  func solution(
    _ partition: PartitionProgramme.Partition, entries: Int, groups: PointGroups,
    costs: PieceCosts
  ) throws -> MeanSquareSolution {
    let cuts = partition.cuts
    let bounds = partition.bounds
    let free = endsOnIdentity ? cuts.count : cuts.count + 1
    var lines = (0..<free).map { piece in
      bounds[piece] < bounds[piece + 1]
        ? line(costs.line(bounds[piece], bounds[piece + 1])) : nil
    }
    // An empty piece is a copy of the one before it, the first ones of the one after them.
    if let some = lines.firstIndex(where: { $0 != nil }) {
      for piece in 0..<some { lines[piece] = lines[some] }
      for piece in some..<free where lines[piece] == nil { lines[piece] = lines[piece - 1] }
    }
    let identity = Line(x: 0, y: 0, slope: 1)
    var pieces = lines.map { $0 ?? identity }
    if endsOnIdentity { pieces.append(identity) }
    var breakpoints: [Double] = []
    for (index, cut) in cuts.enumerated() {
      let least = breakpoints.last ?? lower
      breakpoints.append(
        max(least, breakpoint(cut, groups: groups, pieces[index], pieces[index + 1])))
    }
    if floorRule == .avoided {
      for piece in 0..<free {
        let start = piece == 0 ? lower : breakpoints[piece - 1]
        let end = piece == cuts.count ? upper : min(upper, max(breakpoints[piece], lower))
        guard start < end else { continue }
        pieces[piece] = kept(
          pieces[piece], aboveZeroOn: start...end,
          moments: costs.moments(bounds[piece], bounds[piece + 1]))
      }
    }
    while pieces.count < entries {
      // Before the line y = x, or after the last.
      let place = endsOnIdentity ? pieces.count - 1 : pieces.count
      pieces.insert(pieces[max(place - 1, 0)], at: place)
      breakpoints.insert(
        endsOnIdentity ? breakpoints.last ?? beyondDomain : beyondDomain,
        at: endsOnIdentity ? breakpoints.count : breakpoints.count)
    }
    let ideal = try PiecewiseLinear(
      breakpoints: breakpoints, slopes: pieces.map(\.slope),
      intercepts: pieces.map { $0.y - $0.slope * $0.x })
    let zeroEnds = ZeroEnds(
      left: bounds[0] > 0, right: !endsOnIdentity && bounds[bounds.count - 1] < groups.count)
    let ends = [
      zeroEnds.left ? groups.first[bounds[0]] : lower,
      zeroEnds.right ? groups.last[bounds[bounds.count - 1] - 1] : upper,
    ]
    return MeanSquareSolution(
      ideal: ideal, error: partition.error,
      cuts: (breakpoints + ends).filter { $0 > lower && $0 < upper }.sorted(), zeroEnds: zeroEnds)
  }

  private struct Line {
    var x: Double
    var y: Double
    var slope: Double

    func callAsFunction(_ position: Double) -> Double { y + slope * (position - x) }
  }

  /// The line of least squares that is not negative on its piece; the anchors in it hold.
  private func kept(
    _ line: Line, aboveZeroOn range: ClosedRange<Double>, moments: LineMoments
  ) -> Line {
    let (start, end) = (range.lowerBound, range.upperBound)
    guard start < end, min(line(start), line(end)) < 0 else { return line }
    let end0 = Anchor(x: line(start) < line(end) ? start : end, y: 0)
    let anchors = anchors.filter { range.contains($0.x) && $0.x != end0.x }
    let through = (anchors + [end0]).sorted { $0.x < $1.x }
    let kept = self.line(moments.line(through: through[...]))
    return min(kept(start), kept(end)) >= -1e-12 * kept(0.5 * (start + end)).magnitude
      ? kept : Line(x: start, y: 0, slope: 0)
  }

  /// Where nothing decides the slope, the line is the function's tangent.
  private func line(_ fitted: FittedLine) -> Line {
    Line(x: fitted.x, y: fitted.y, slope: fitted.slope ?? function.firstDerivative(fitted.x))
  }

  /// Where in the gap before a group the two lines are equally far from the function; the gap's
  /// middle when nowhere.
  private func breakpoint(_ cut: Int, groups: PointGroups, _ left: Line, _ right: Line) -> Double {
    guard cut > 0 else { return lower }
    guard cut < groups.count else { return beyondDomain }
    var low = groups.last[cut - 1]
    var high = groups.first[cut]
    func isLeftBetter(_ x: Double) -> Bool {
      let f = function(x)
      return (left(x) - f).magnitude <= (right(x) - f).magnitude
    }
    let middle = 0.5 * (low + high)
    let least = low.nextUp
    guard isLeftBetter(low), !isLeftBetter(high) else {
      return min(max(middle, least), high)
    }
    for _ in 0..<60 {
      let x = 0.5 * (low + high)
      if isLeftBetter(x) { low = x } else { high = x }
    }
    return max(high, least)
  }
}
