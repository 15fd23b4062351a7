/// The points of Gauss–Legendre quadrature on a cell.
enum GaussRule {
  /// Exact to the third degree: fits, whose cells are many.
  case two
  /// Exact to the fifth: what is measured and proven.
  case three

  /// Positions in half-widths from the middle, and their shares of the cell.
  fileprivate var nodes: [(offset: Double, share: Double)] {
    switch self {
    case .two: [(-0.5773502691896257, 0.5), (0.5773502691896257, 0.5)]
    case .three: [(-0.7745966692414834, 5 / 18), (0, 8 / 18), (0.7745966692414834, 5 / 18)]
    }
  }
}

/// The measure as weighted points: Gauss–Legendre quadrature on every cell of the intervals, cut at
/// the edges of a grid. Integrals of squared errors become sums.
struct WeightedPoints {
  /// Ascending.
  private(set) var positions: [Double] = []
  /// Not negative; the same count as positions.
  private(set) var weights: [Double] = []
  /// The function at the positions.
  private(set) var values: [Double] = []

  /// - Parameters:
  ///   - edges: Ascending; cover the intervals.
  ///   - mass: What the weights are divided by.
  init(
    of function: ApproximatedFunction, on intervals: [WeightedInterval], edges: [Double],
    mass: Double, rule: GaussRule = .two
  ) {
    let nodes = rule.nodes
    var points: [(position: Double, weight: Double)] = []
    points.reserveCapacity(2 * (edges.count + 2 * intervals.count))
    for interval in intervals {
      let weight = interval.weight / mass
      if interval.lower == interval.upper {
        points.append((interval.lower, weight))
        continue
      }
      let density = weight / (interval.upper - interval.lower)
      var start = interval.lower
      var index = edges.firstIndex(above: start)
      while start < interval.upper {
        let end = index < edges.count ? min(edges[index], interval.upper) : interval.upper
        let half = 0.5 * (end - start)
        let middle = start + half
        for node in nodes {
          points.append((middle + half * node.offset, density * (end - start) * node.share))
        }
        start = end
        index += 1
      }
    }
    points.sort { $0.position < $1.position }
    positions = points.map(\.position)
    weights = points.map(\.weight)
    values = positions.map { function($0) }
  }

  /// Every weight times a factor of its position.
  func scaled(by factor: (Double) -> Double) -> WeightedPoints {
    var points = self
    for index in positions.indices { points.weights[index] *= factor(positions[index]) }
    return points
  }
}

extension Array where Element == Double {
  /// The index of the first element above `value`, `count` when there is none. Must be ascending.
  func firstIndex(above value: Double) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
