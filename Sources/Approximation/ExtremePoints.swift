/// The largest errors of a continuous piecewise-linear function against f: at every node, and inside
/// every piece the highest and the lowest.
struct ExtremePoints {
  /// Where the error is looked at inside pieces: ascending, with f and 1/t there; where nothing is
  /// asked 1/t is 0.
  struct Samples {
    var x: [Double] = []
    var f: [Double] = []
    var inverseTolerance: [Double] = []
  }

  /// One of them.
  struct Point {
    var piece: Int
    /// Where on the piece, in `0...1`.
    var t: Double
    /// (p − f)/t, signed.
    var error: Double
    var inverseTolerance: Double
  }

  private(set) var points: [Point] = []
  /// The largest magnitude.
  private(set) var largest = 0.0

  init(nodes: [Double], values: [Double], samples: Samples, problem: FitProblem) {
    points.reserveCapacity(4 * nodes.count)
    for (index, node) in nodes.enumerated() {
      let piece = min(index, nodes.count - 2)
      include(
        Point(
          piece: piece, t: index == piece ? 0 : 1, error: values[index] - problem.function(node),
          inverseTolerance: 1 / problem.tolerance(at: node)))
    }
    var index = 0
    for piece in 0..<(nodes.count - 1) {
      let start = nodes[piece]
      let end = nodes[piece + 1]
      let slope = (values[piece + 1] - values[piece]) / (end - start)
      var high = (error: 0.0, index: -1)
      var low = (error: 0.0, index: -1)
      while index < samples.x.count, samples.x[index] < end {
        let line = values[piece] + slope * (samples.x[index] - start)
        let error = (line - samples.f[index]) * samples.inverseTolerance[index]
        if error > high.error { high = (error, index) }
        if error < low.error { low = (error, index) }
        index += 1
      }
      for (error, sample) in [high, low] where sample >= 0 {
        let inverse = samples.inverseTolerance[sample]
        include(
          Point(
            piece: piece, t: (samples.x[sample] - start) / (end - start), error: error / inverse,
            inverseTolerance: inverse))
      }
    }
  }

  private mutating func include(_ point: Point) {
    guard point.inverseTolerance > 0 else { return }
    var point = point
    point.error *= point.inverseTolerance
    points.append(point)
    largest = max(largest, point.error.magnitude)
  }
}
