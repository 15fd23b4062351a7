import LookupTables

@testable import Approximation

/// Small problems whose optimum can be found by trying everything.
struct SmallMeanSquare {
  var x: [Double]
  var f: [Double]
  var w: [Double]
  /// Indices into the points.
  var anchors: [Int]
  var endsOnIdentity: Bool

  /// - Parameter isConvex: Whether f is; otherwise it wiggles.
  init(points: Int, isConvex: Bool, anchors count: Int, random: inout SeededNumbers) {
    var x: [Double] = []
    var position = random.between(-3, 1)
    for _ in 0..<points {
      position += random.between(0.01, 1) * random.between(0.01, 1)
      x.append(position)
    }
    let bends = (0..<6).map { _ in (random.between(-3, 5), random.between(isConvex ? 0 : -2, 2)) }
    let tilt = random.between(-3, 3)
    f = x.map { x in bends.reduce(tilt * x + 0.05 * x * x) { $0 + $1.1 * max(0, x - $1.0) } }
    w = x.map { _ in random.between(0, 1) * random.between(0, 1) * random.between(0, 1) }
    anchors = Array(x.indices.shuffled(using: &random).prefix(count)).sorted()
    endsOnIdentity = false
    self.x = x
  }

  private var anchorPoints: [Anchor] { anchors.map { Anchor(x: x[$0], y: f[$0]) } }

  func costs() throws -> PieceCosts {
    let function = ApproximatedFunction.sampled(try SampledFunction(x: x, y: f))
    let points = WeightedPoints(
      of: function, on: zip(x, w).map { WeightedInterval(lower: $0, upper: $0, weight: $1) },
      edges: [x[0], x[x.count - 1]], mass: 1)
    let groups = PointGroups(points: points, anchors: anchorPoints)
    return groups.costs(anchors: anchorPoints, hasFloor: false)
  }

  /// One line on the points `start..<end`, by weighted sums about the middle.
  func cost(_ start: Int, _ end: Int) -> Double {
    let through = anchors.filter { (start..<end).contains($0) }
    guard start < end, through.count < 3 else { return start < end ? .infinity : 0 }
    let range = start..<end
    func squares(_ slope: Double, _ x0: Double, _ y0: Double) -> Double {
      range.reduce(0) { sum, index in
        let error = f[index] - y0 - slope * (x[index] - x0)
        return sum + w[index] * error * error
      }
    }
    if through.count == 2 {
      let (a, b) = (through[0], through[1])
      return squares((f[b] - f[a]) / (x[b] - x[a]), x[a], f[a])
    }
    let mass = range.reduce(0) { $0 + w[$1] }
    var x0 = range.reduce(0) { $0 + w[$1] * x[$1] } / mass
    var y0 = range.reduce(0) { $0 + w[$1] * f[$1] } / mass
    if let anchor = through.first { (x0, y0) = (x[anchor], f[anchor]) }
    let xx = range.reduce(0) { $0 + w[$1] * (x[$1] - x0) * (x[$1] - x0) }
    let xf = range.reduce(0) { $0 + w[$1] * (x[$1] - x0) * (f[$1] - y0) }
    return squares(xx > 0 ? xf / xx : 0, x0, y0)
  }

  private func identity(from start: Int) -> Double {
    guard !anchors.contains(where: { $0 >= start && x[$0] != f[$0] }) else { return .infinity }
    var sum = 0.0
    for index in start..<x.count {
      let error = f[index] - x[index]
      sum += w[index] * error * error
    }
    return sum
  }

  /// The least cost of so many pieces over all ways to cut.
  func optimum(pieces: Int) -> Double {
    func least(_ start: Int, _ pieces: Int) -> Double {
      if pieces == 1 { return endsOnIdentity ? identity(from: start) : cost(start, x.count) }
      return (start...x.count).reduce(Double.infinity) {
        min($0, cost(start, $1) + least($1, pieces - 1))
      }
    }
    return least(0, pieces)
  }
}

/// The problems that certificates are tested on.
enum MeanSquareProblems {
  static func problem(
    _ function: NonlinearFunction, _ domain: ClosedRange<Double>, entries: Int,
    objective: Objective = .meanSquare, weights: [WeightedInterval]? = nil,
    constraints: FitConstraints = .init()
  ) -> FitProblem {
    FitProblem(
      FitRequest(
        function: function, approximator: .nnLUT(.refined), entries: entries, format: .fp32,
        domain: domain, weights: weights, objective: objective, constraints: constraints))
  }

  /// A histogram of uneven buckets with gaps, and some single inputs.
  static func histogram(
    _ domain: ClosedRange<Double>, buckets: Int, singles: Int, random: inout SeededNumbers
  ) -> [WeightedInterval] {
    let width = (domain.upperBound - domain.lowerBound) / Double(buckets)
    var weights: [WeightedInterval] = []
    for bucket in 0..<buckets where random.between(0, 1) < 0.8 {
      let lower = domain.lowerBound + width * Double(bucket)
      let weight = random.between(0, 1) * random.between(0, 1)
      weights.append(
        WeightedInterval(lower: lower, upper: min(lower + width, domain.upperBound), weight: weight)
      )
    }
    for _ in 0..<singles {
      let x = random.between(domain.lowerBound, domain.upperBound)
      weights.append(WeightedInterval(lower: x, upper: x, weight: random.between(0, 0.5)))
    }
    return weights.sorted { $0.lower < $1.lower }
  }
}
