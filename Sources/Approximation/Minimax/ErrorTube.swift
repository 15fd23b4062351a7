/// The functions whose error stays below a bound ε, sampled: at each position the values between
/// f − ε·t and f + ε·t, straight between positions.
///
/// Where a negative result becomes 0, |max(0, y) − f| ≤ ε·t says y ≤ f + ε·t and, unless f ≤ ε·t,
/// y ≥ f − ε·t: the lower end is absent where it would not be above 0.
struct ErrorTube {
  /// Strictly ascending.
  private(set) var x: [Double] = []
  private(set) var f: [Double] = []
  /// The half-width for ε = 1; positive and finite.
  private(set) var t: [Double] = []
  /// Whether only f itself is allowed at the position: an anchor.
  private(set) var isPinned: [Bool] = []
  /// Whether nothing is asked between the position before and this one.
  private(set) var followsGap: [Bool] = []
  /// Whether the last entry is the line y = x.
  let endsOnIdentity: Bool
  /// What becomes of results below 0.
  let floor: FloorRule

  var count: Int { x.count }

  /// - Parameters:
  ///   - positions: Strictly ascending.
  ///   - isDiscrete: Nothing is asked between positions, so that every table within ε of f
  ///     stays within the tube whatever f does there.
  init(_ problem: FitProblem, positions: [Double], isDiscrete: Bool = false) {
    endsOnIdentity = problem.endsOnIdentity
    floor = problem.floorRule
    x.reserveCapacity(positions.count)
    f.reserveCapacity(positions.count)
    t.reserveCapacity(positions.count)
    var anchor = 0
    var isAfterGap = true
    for position in positions {
      while anchor < problem.anchors.count, problem.anchors[anchor].x < position { anchor += 1 }
      let pin =
        anchor < problem.anchors.count && problem.anchors[anchor].x == position
        ? problem.anchors[anchor].y : nil
      // Beside a step of the tolerance.
      if let last = x.last, position <= last.nextUp.nextUp { isAfterGap = true }
      x.append(position)
      f.append(pin ?? problem.function(position))
      t.append(problem.tolerance(at: position))
      isPinned.append(pin != nil)
      followsGap.append(isAfterGap || isDiscrete)
      isAfterGap = false
    }
  }

  /// The part of another tube between two positions, without a line y = x at its end.
  /// - Parameter includesEnd: Whether an anchor at the end belongs to it.
  init(_ tube: ErrorTube, from start: Double, to end: Double, includesEnd: Bool) {
    endsOnIdentity = false
    floor = tube.floor
    append(tube, at: start, mayBePinned: true)
    var index = tube.x.firstIndex(above: start)
    while index < tube.count, tube.x[index] < end {
      append(tube, at: tube.x[index], mayBePinned: true)
      index += 1
    }
    if end > start { append(tube, at: end, mayBePinned: includesEnd) }
  }

  private mutating func append(_ tube: ErrorTube, at position: Double, mayBePinned: Bool) {
    let next = tube.x.firstIndex(above: position)
    guard next > 0 else { return }
    let before = next - 1
    var share = 0.0
    if tube.x[before] < position {
      guard next < tube.count, !tube.followsGap[next] else { return }
      share = (position - tube.x[before]) / (tube.x[next] - tube.x[before])
    }
    let after = min(next, tube.count - 1)
    x.append(position)
    f.append(tube.f[before] + share * (tube.f[after] - tube.f[before]))
    t.append(tube.t[before] + share * (tube.t[after] - tube.t[before]))
    isPinned.append(mayBePinned && share == 0 && tube.isPinned[before])
    followsGap.append(x.count == 1 || (share == 0 && tube.followsGap[before]))
  }

  /// The lower end of the tube's cells at a sample: −∞ where none is asked for. Pins do not count.
  func lower(_ index: Int, _ error: Double) -> Double {
    let end = f[index] - error * t[index]
    return switch floor {
    case .none: end
    case .avoided: max(0, end)
    case .zero: end > 0 ? end : -.infinity
    }
  }

  func upper(_ index: Int, _ error: Double) -> Double { f[index] + error * t[index] }

  /// The lower end at the sample itself, where an anchor asks for f.
  func pinnedLower(_ index: Int, _ error: Double) -> Double {
    guard isPinned[index] else { return lower(index, error) }
    return floor == .zero && f[index] <= 0 ? -.infinity : f[index]
  }

  func pinnedUpper(_ index: Int, _ error: Double) -> Double {
    isPinned[index] ? f[index] : upper(index, error)
  }

  /// Where the lower end appears or vanishes between the sample before and this one: it is 0 there.
  func floorCrossing(before index: Int, _ error: Double) -> Double? {
    guard floor == .zero, index > 0, !followsGap[index] else { return nil }
    let before = f[index - 1] - error * t[index - 1]
    let after = f[index] - error * t[index]
    guard (before > 0) != (after > 0) else { return nil }
    let share = before / (before - after)
    let position = x[index - 1] + share * (x[index] - x[index - 1])
    return position > x[index - 1] && position < x[index] ? position : nil
  }

  /// How far y = x is from f at a sample.
  private func identityMiss(_ index: Int) -> Double {
    ((floor == .none ? x[index] : max(0, x[index])) - f[index]).magnitude
  }

  /// f's largest magnitude per half-width: rounding noise is 2^−53 of it.
  var largestValue: Double {
    zip(f, t).reduce(0) { max($0, $1.0.magnitude / $1.1) }
  }

  /// Where y = x stays in the tube up to the last position.
  /// - Returns: The last sample that y = x misses, −1 if none, and the position right of it from
  ///   which on it stays inside, +∞ if that sample is the last one.
  func identityStart(_ error: Double) -> (missed: Int, position: Double) {
    var missed = count - 1
    while missed >= 0 {
      let distance = identityMiss(missed)
      if isPinned[missed] ? distance > 0 : distance > error * t[missed] { break }
      missed -= 1
    }
    guard missed >= 0 else { return (-1, -.infinity) }
    guard missed + 1 < count else { return (missed, .infinity) }
    guard !followsGap[missed + 1] else { return (missed, x[missed + 1]) }
    let before = identityMiss(missed) - error * t[missed]
    let after = identityMiss(missed + 1) - error * t[missed + 1]
    guard before > 0, after <= 0 else { return (missed, x[missed].nextUp) }
    let share = before / (before - after)
    return (missed, x[missed] + share * (x[missed + 1] - x[missed]))
  }
}
