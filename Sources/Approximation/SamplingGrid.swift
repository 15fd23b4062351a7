/// Where the function is resolved: uniform steps over the domain joined by geometric steps towards
/// 0, where gelu and exp bend and reciprocal and rsqrt grow steep.
struct SamplingGrid {
  /// Ascending, from the domain's lower to its upper bound; at least two.
  let edges: [Double]

  /// - Parameters:
  ///   - kinks: More edges, where the function's slope jumps; strictly between the bounds.
  ///   - isFine: Four times as many edges, for tables of many entries.
  init(lower: Double, upper: Double, kinks: [Double] = [], isFine: Bool) {
    let steps = isFine ? 4096 : 1024
    // The 64th and the 256th root of 2.
    let ratio = isFine ? 1.0027112750502025 : 1.0108892860517005
    var positions = [lower, upper] + kinks
    for step in 1..<steps {
      positions.append(lower + (upper - lower) * (Double(step) / Double(steps)))
    }
    let limit = max(lower.magnitude, upper.magnitude)
    var distance = lower > 0 ? lower : upper < 0 ? -upper : min(0x1p-6, limit)
    while distance < limit {
      if distance > lower, distance < upper { positions.append(distance) }
      if -distance > lower, -distance < upper { positions.append(-distance) }
      distance *= ratio
    }
    positions.sort()
    var edges = [lower]
    for position in positions where position > edges[edges.count - 1] { edges.append(position) }
    self.edges = edges
  }
}
