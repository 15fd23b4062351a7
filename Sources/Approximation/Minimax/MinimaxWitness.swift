/// What proves that no table of so many entries does better: a few positions, judged on the true
/// function.
///
/// Where a walk gets stuck, each of its lines touches the tube at a < b and leaves it at c, on
/// alternating sides: no line comes closer to f at these three positions, whatever f does elsewhere.
/// Pieces that need not meet: N − 1 breakpoints cut at most N − 1 of N triples whose spans (a, c]
/// are disjoint, so one triple is left to a single line. Pieces that meet: already at these 3·N
/// positions alone, with nothing asked between them, no path of N links gets through.
struct MinimaxWitness {
  /// The links of a walk that got stuck, and the position at or beyond their end where y = x misses
  /// most, when that is the last line.
  private let links: [TubeWalk.Link]
  private let identityMiss: Double?
  /// The last sample that y = x misses and places closely before it enters the tube: no path meets it
  /// there.
  private let lastMisses: [Double]
  private let problem: FitProblem

  /// - Parameter walk: Must be stuck; its tube belongs to the problem.
  init(_ walk: TubeWalk, of problem: FitProblem) {
    links = walk.links
    self.problem = problem
    lastMisses = problem.endsOnIdentity ? Self.lastMisses(walk) : []
    identityMiss = problem.endsOnIdentity ? Self.identityMiss(walk, problem) : nil
  }

  private static func lastMisses(_ walk: TubeWalk) -> [Double] {
    guard walk.tube.x.indices.contains(walk.missed) else { return [] }
    let missed = walk.tube.x[walk.missed]
    guard walk.identityStart.isFinite, walk.identityStart > missed else { return [missed] }
    return [missed] + [0.9, 0.99, 0.999].map { missed + (walk.identityStart - missed) * $0 }
  }

  private static func identityMiss(_ walk: TubeWalk, _ problem: FitProblem) -> Double? {
    let end = walk.links.last?.exit.x ?? problem.lower
    let tube = walk.tube
    // An anchor off the line is missed by infinitely much.
    if let anchor = problem.anchors.last(where: { $0.x >= end && $0.y != $0.x }) { return anchor.x }
    func miss(_ x: Double) -> Double { problem.identityMiss(at: x) }
    var best = end
    var most = miss(end)
    for index in tube.x.firstIndex(above: end)..<max(tube.count, tube.x.firstIndex(above: end))
    where miss(tube.x[index]) > most {
      best = tube.x[index]
      most = miss(best)
    }
    return best
  }

  /// N triples, or one less and the single position at which y = x misses.
  func alternations() -> ProvenBound {
    var previous = -Double.infinity
    var value = Double.infinity
    var positions: [[Double]] = []
    for link in links {
      let exact = [link.first.x, link.second.x, max(link.exit.x, previous)]
      var triple = exact.map(representable)
      if triple[0] <= previous, !isAnchor(triple[0]), !isSingle(triple[0]) {
        triple[0] = max(triple[0], representable(next(previous)))
      }
      if !(previous <= triple[0] && triple[0] < triple[1] && triple[1] < triple[2]) {
        triple = exact
      }
      guard previous <= triple[0], triple[0] < triple[1], triple[1] < triple[2] else {
        return ProvenBound(value: 0, witness: .alternations([]))
      }
      value = min(value, problem.leastError(on: triple))
      positions.append(triple)
      previous = triple[2]
    }
    if let identityMiss {
      let position = max(identityMiss, previous)
      if !isMissedAnchor(position) {
        value = min(value, problem.identityMiss(at: position))
      }
      positions.append([position])
    }
    guard value.isFinite, value > 0 else {
      return ProvenBound(value: 0, witness: .alternations([]))
    }
    return ProvenBound(value: value, witness: .alternations(positions))
  }

  /// The positions that stop every path.
  func positions() -> [Double] {
    var all = links.flatMap { [$0.first.x, $0.second.x, $0.exit.x] }
    if let identityMiss { all.append(identityMiss) }
    all += lastMisses
    all = all.map(representable).sorted()
    var result: [Double] = []
    for position in all where result.last != position { result.append(position) }
    return result
  }

  private func next(_ x: Double) -> Double {
    if case .sampled = problem.function { x.nextUp } else { max(x.nextUp, Double(Float(x).nextUp)) }
  }

  /// Whether errors count far more at the position than beside it. Two triples may meet there: a
  /// breakpoint on it cuts the left one only.
  private func isSingle(_ x: Double) -> Bool {
    problem.tolerance(at: next(x)) > 2 * problem.tolerance(at: x)
  }

  private func isAnchor(_ x: Double) -> Bool { problem.anchors.contains { $0.x == x } }

  private func isMissedAnchor(_ x: Double) -> Bool {
    problem.anchors.contains { $0.x == x && $0.y != x }
  }

  /// The nearest number of float32 inside the domain, so that the bound speaks of inputs that tables
  /// receive. Samples and anchors stay where they are.
  private func representable(_ x: Double) -> Double {
    if case .sampled = problem.function { return x }
    if isAnchor(x) { return x }
    var nearest = Float(x)
    if Double(nearest) < problem.lower { nearest = nearest.nextUp }
    if Double(nearest) > problem.upper { nearest = nearest.nextDown }
    let position = Double(nearest)
    guard position >= problem.lower, position <= problem.upper else { return x }
    // Not across a step of the tolerance.
    let tolerance = problem.tolerance(at: x)
    let isAlike = (problem.tolerance(at: position) - tolerance).magnitude <= 1e-5 * tolerance
    return isAlike ? position : x
  }
}

extension FitProblem {
  /// The least error of a line at three ascending positions: |f(x₂) − λ·f(x₁) − (1 − λ)·f(x₃)| over
  /// t(x₂) + λ·t(x₁) + (1 − λ)·t(x₃), with t = 0 at anchors.
  ///
  /// Where a negative result becomes 0, lower limits hold for errors below f/t only: those at x₁ and
  /// x₃ when the chord passes above f(x₂), that at x₂ when below. Where no line may dip, a lower limit
  /// is never below 0.
  func leastError(on triple: [Double]) -> Double {
    guard triple.count == 3, triple[0] < triple[2] else { return 0 }
    let share = (triple[2] - triple[1]) / (triple[2] - triple[0])
    func value(_ x: Double) -> (f: Double, t: Double) {
      if let anchor = anchors.first(where: { $0.x == x }) { return (anchor.y, 0) }
      return (function(x), tolerance(at: x))
    }
    let first = value(triple[0])
    let second = value(triple[1])
    let third = value(triple[2])
    let rise = share * first.f + (1 - share) * third.f - second.f
    let width = second.t + share * first.t + (1 - share) * third.t
    func error(_ distance: Double, _ width: Double) -> Double {
      guard width.isFinite, width > 0 else { return distance > 0 && width == 0 ? .infinity : 0 }
      return max(0, distance / width)
    }
    let least = error(rise.magnitude, width)
    switch floorRule {
    case .none: return least
    case .zero:
      let limits = rise > 0 ? [first, third] : [second]
      return limits.reduce(least) { min($0, error($1.f, $1.t)) }
    case .avoided:
      guard rise > 0 else { return least }
      return max(
        least, error(share * first.f - second.f, second.t + share * first.t),
        error((1 - share) * third.f - second.f, second.t + (1 - share) * third.t))
    }
  }

  /// How far the line y = x is from f, in units of the tolerance.
  func identityMiss(at x: Double) -> Double {
    ((floorRule == .none ? x : max(0, x)) - function(x)).magnitude / tolerance(at: x)
  }

  /// The largest error below which no path of so many links passes the segments at these positions,
  /// nothing being asked between them: a bound for continuous tables that anyone can compute again.
  /// - Parameter positions: Strictly ascending, inside the domain.
  func pathBound(entries: Int, positions: [Double]) -> Double {
    let tube = ErrorTube(self, positions: positions, isDiscrete: true)
    guard tube.count > 1 else { return 0 }
    let limit = endsOnIdentity ? entries - 1 : entries
    var walk = TubeWalk(tube: tube, continuity: .continuous)
    let noise = max(0x1p-46 * tube.largestValue, .leastNormalMagnitude)
    let found = ThresholdSearch(guess: noise * 0x1p20, noise: noise) { error in
      walk.run(error: error, limit: limit)
      return !walk.isStuck
    }
    return found?.impossible ?? 0
  }
}
