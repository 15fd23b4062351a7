/// Starting knots from dynamic programming: the cuts of the best discontinuous least-squares
/// function of N pieces whose cuts lie between given groups of points.
///
/// A starting point only: the groups are coarse, and the continuous optimum lies elsewhere.
struct CutProgramme {
  /// Weighted moments about the mean, which merge without cancellation.
  private struct Moments {
    var w = 0.0
    var x = 0.0
    var f = 0.0
    var xx = 0.0
    var xf = 0.0
    var ff = 0.0
    /// The sum of w·(f − x)².
    var identity = 0.0

    mutating func merge(_ other: Moments) {
      guard other.w > 0 else { return }
      let total = w + other.w
      let dx = other.x - x
      let df = other.f - f
      let share = other.w / total
      let cross = w * share
      xx += other.xx + cross * dx * dx
      xf += other.xf + cross * dx * df
      ff += other.ff + cross * df * df
      x += share * dx
      f += share * df
      w = total
      identity += other.identity
    }

    /// The squared error of the best line.
    var lineError: Double { xx > 0 ? max(0, ff - xf * xf / xx) : ff }
  }

  /// `costs[i][j − i − 1]`: one line over the groups `i..<j`.
  private let costs: [[Double]]
  /// The line y = x from group i to the end.
  private let identityCosts: [Double]
  private let edges: [Double]

  /// - Parameter edges: The groups' bounds, strictly ascending, from the domain's lower to its
  ///   upper bound.
  init(points: WeightedPoints, edges: [Double]) {
    self.edges = edges
    let groups = edges.count - 1
    var moments: [Moments] = []
    var index = 0
    for group in 0..<groups {
      let end = group == groups - 1 ? Double.infinity : edges[group + 1]
      var sum = Moments()
      while index < points.positions.count, points.positions[index] < end {
        let x = points.positions[index]
        let f = points.values[index]
        let w = points.weights[index]
        sum.merge(Moments(w: w, x: x, f: f, identity: w * (f - x) * (f - x)))
        index += 1
      }
      moments.append(sum)
    }
    costs = moments.indices.map { start in
      var sum = Moments()
      return moments[start...].map { group in
        sum.merge(group)
        return sum.lineError
      }
    }
    var identity = 0.0
    var identityCosts = [0.0]
    for group in moments.reversed() {
      identity += group.identity
      identityCosts.append(identity)
    }
    self.identityCosts = identityCosts.reversed()
  }

  /// The cuts of the best function of so many pieces; nil when there are not enough groups.
  /// - Parameter endsOnIdentity: The last piece is the line y = x.
  func cuts(pieces: Int, endsOnIdentity: Bool) -> [Double]? {
    let groups = edges.count - 1
    guard pieces >= 1, pieces <= groups else { return nil }
    // best[j]: the groups before j with the pieces so far; origins tell where the last one began.
    var best = (0...groups).map { $0 == 0 ? 0 : Double.infinity }
    var origins: [[Int]] = []
    for piece in 0..<pieces {
      var next = Array(repeating: Double.infinity, count: groups + 1)
      var origin = Array(repeating: 0, count: groups + 1)
      let isLast = piece == pieces - 1
      for end in (isLast ? groups : piece + 1)...groups {
        for start in piece..<end {
          let line =
            isLast && endsOnIdentity ? identityCosts[start] : costs[start][end - start - 1]
          let cost = best[start] + line
          if cost < next[end] {
            next[end] = cost
            origin[end] = start
          }
        }
      }
      best = next
      origins.append(origin)
    }
    var cuts: [Double] = []
    var end = groups
    for piece in stride(from: pieces - 1, to: 0, by: -1) {
      end = origins[piece][end]
      cuts.append(edges[end])
    }
    return cuts.reversed()
  }
}
