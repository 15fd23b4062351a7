/// A run of weighted points, as far as least-squares lines are concerned: mass, mean, the line of
/// least squares through it and what that line leaves.
///
/// Two runs merge as in Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for
/// computing sample variances" (1979), but with the residual itself in place of Σ(f − mean)²: what
/// the common line costs more than the two lines is a sum of three squares of small differences, so
/// that nothing large ever cancels.
struct LineMoments {
  /// Σ w
  var w = 0.0
  /// The weighted mean of x.
  var x = 0.0
  /// The weighted mean of f.
  var f = 0.0
  /// Σ w·(x − mean)²
  var xx = 0.0
  /// Of the line of least squares, which passes through the mean; 0 where `xx` is 0.
  var slope = 0.0
  /// Σ w·(f − line)²
  var residual = 0.0

  init() {}

  /// One point.
  init(x: Double, f: Double, w: Double) {
    self.x = x
    self.f = f
    self.w = w
  }

  /// Both runs as one.
  @inline(__always)
  func merged(with other: LineMoments) -> LineMoments {
    guard other.w > 0 else { return self }
    guard w > 0 else { return other }
    var sum = LineMoments()
    sum.w = w + other.w
    let share = other.w / sum.w
    let dx = other.x - x
    let df = other.f - f
    let cross = w * share
    sum.x = x + share * dx
    sum.f = f + share * df
    sum.xx = xx + other.xx + cross * dx * dx
    guard sum.xx > 0 else {
      sum.residual = residual + other.residual + cross * df * df
      return sum
    }
    sum.slope = (xx * slope + other.xx * other.slope + cross * dx * df) / sum.xx
    let before = slope - sum.slope
    let after = other.slope - sum.slope
    let between = df - sum.slope * dx
    sum.residual =
      residual + other.residual
      + (xx * before * before + other.xx * after * after + cross * between * between)
    return sum
  }

  /// The line of least squares among those that pass through the anchors.
  /// - Parameter anchors: Ascending in x.
  @inline(__always)
  func line(through anchors: ArraySlice<Anchor>) -> FittedLine {
    guard let first = anchors.first else {
      return FittedLine(
        x: x, y: f, slope: xx > 0 ? slope : nil, error: residual,
        freedom: xx > 0 ? .twofold(w: w, x: x, xx: xx) : .unknown)
    }
    let dx = first.x - x
    let df = first.y - f
    guard anchors.count > 1, let last = anchors.last else {
      let reach = xx + w * dx * dx
      guard reach > 0 else {
        return FittedLine(
          x: first.x, y: first.y, slope: nil, error: residual + w * df * df, freedom: .unknown)
      }
      let miss = slope * dx - df
      return FittedLine(
        x: first.x, y: first.y, slope: (xx * slope + w * dx * df) / reach,
        error: residual + xx * (w / reach) * miss * miss,
        freedom: .turning(around: first.x, reach: reach))
    }
    let chord = (last.y - first.y) / (last.x - first.x)
    let turn = slope - chord
    let miss = df - chord * dx
    var error = residual + xx * turn * turn + w * miss * miss
    for anchor in anchors.dropFirst().dropLast() {
      let distance = first.y + chord * (anchor.x - first.x) - anchor.y
      if distance.magnitude > 1e-9 * max(anchor.y.magnitude, first.y.magnitude, last.y.magnitude) {
        error = .infinity
      }
    }
    return FittedLine(x: first.x, y: first.y, slope: chord, error: error, freedom: .none)
  }
}

/// A line of least squares.
struct FittedLine {
  /// How the line could still move: what one more point would change.
  enum Freedom {
    /// Nothing is known: there was no mass to hold it.
    case unknown
    /// Any line; mass, mean and Σ w·(x − mean)² of what holds it.
    case twofold(w: Double, x: Double, xx: Double)
    /// Lines through an anchor; Σ w·(x − anchor)² of what holds it.
    case turning(around: Double, reach: Double)
    /// Anchors determine it.
    case none
  }

  /// A point of the line.
  var x: Double
  var y: Double
  /// Nil when any slope does equally well.
  var slope: Double?
  /// Σ w·(f − line)²; infinite when no line passes through the anchors.
  var error: Double
  var freedom: Freedom
}
