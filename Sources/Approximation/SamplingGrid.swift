/// Where the function is resolved: uniform steps over the domain joined by geometric steps towards
/// 0, where gelu and exp bend and reciprocal and rsqrt grow steep.
struct SamplingGrid {
  /// Ascending, from the domain's lower to its upper bound; at least two.
  let edges: [Double]

  /// - Parameter isFine: Four times as many edges, for tables of many entries.
  init(lower: Double, upper: Double, isFine: Bool) {
    let steps = isFine ? 4096 : 1024
    // The 64th and the 256th root of 2.
    let ratio = isFine ? 1.0027112750502025 : 1.0108892860517005
    var positions = [lower, upper]
    for step in 1..<steps {
      positions.append(lower + (upper - lower) * (Double(step) / Double(steps)))
    }
    let limit = max(lower.magnitude, upper.magnitude)
    let nearest = lower > 0 ? lower : upper < 0 ? -upper : limit * 0x1p-40
    var distance = max(nearest, min(0x1p-6, limit), limit * 0x1p-100)
    if lower > 0 || upper < 0 { distance = nearest }
    while distance < limit {
      if distance > lower, distance < upper { positions.append(distance) }
      if -distance > lower, -distance < upper { positions.append(-distance) }
      distance *= ratio
    }
    positions.sort()
    var edges = [lower]
    let gap = (upper - lower) * 1e-9
    for position in positions where position - edges[edges.count - 1] > gap {
      edges.append(position)
    }
    edges[edges.count - 1] = upper
    self.edges = edges
  }

  /// Only every `stride`-th edge, and the last.
  func coarsened(by stride: Int) -> [Double] {
    var coarse = edges.indices.filter { $0 % stride == 0 }.map { edges[$0] }
    if coarse[coarse.count - 1] < edges[edges.count - 1] { coarse.append(edges[edges.count - 1]) }
    return coarse
  }
}
