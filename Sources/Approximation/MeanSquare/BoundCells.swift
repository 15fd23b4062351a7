/// The domain cut into cells, for bounds: what one line costs on runs of them, and what at least it
/// costs more where a run goes on into a part of a cell.
///
/// Cell i is `edges[i] <= x < edges[i + 1]`, the last one with the upper bound. Two equal edges are
/// a cell that is one position: an anchor or a single input that has mass, which the next cell then
/// lacks. Such a cell cannot contain a breakpoint.
struct BoundCells {
  /// More samples than this in one cell, and errors are looked at between them only.
  private static let sampleLimit = 96

  let edges: [Double]
  let costs: PieceCosts
  /// Each cell's own moments.
  let moments: [LineMoments]
  /// Positions at which errors are looked at: edges, cuts and, unless they are many, points of the
  /// measure.
  private let x: [Double]
  private let f: [Double]
  private let offsets: [Int]
  /// By how much at most, in each cell, f leaves its chords between these positions.
  private let slack: [Double]
  /// What a zero piece pays at least for a whole cell; nil where there is no floor.
  private(set) var zeroShares: [Double]?

  /// - Parameters:
  ///   - edges: Ascending, from the problem's lower to its upper bound, none thrice.
  ///   - quadrature: Where the measure is cut too; strictly ascending.
  init(problem: FitProblem, edges: [Double], quadrature: [Double]) {
    let points = problem.measure(cutAt: FitProblem.joined(edges, quadrature), rule: .three)
    let count = edges.count - 1
    var moments = Array(repeating: LineMoments(), count: count)
    var identity = Array(repeating: 0.0, count: count)
    var squares = Array(repeating: 0.0, count: count)
    var samples = Array(repeating: 0..<0, count: count)
    var cell = 0
    for index in points.positions.indices {
      let x = points.positions[index]
      while cell < count - 1, Self.lies(x, beyond: cell, edges) { cell += 1 }
      let w = points.weights[index]
      let f = points.values[index]
      moments[cell] = moments[cell].merged(with: LineMoments(x: x, f: f, w: w))
      identity[cell] += w * (f - x) * (f - x)
      squares[cell] += w * f * f
      samples[cell] =
        samples[cell].isEmpty ? index..<(index + 1) : samples[cell].lowerBound..<(index + 1)
    }
    var anchorCells: [Int] = []
    cell = 0
    for anchor in problem.anchors {
      while cell < count - 1, Self.lies(anchor.x, beyond: cell, edges) { cell += 1 }
      anchorCells.append(cell)
    }
    self.edges = edges
    self.moments = moments
    costs = PieceCosts(
      groups: moments, identity: identity,
      squares: problem.floorRule == .zero ? squares : nil, anchors: problem.anchors,
      anchorGroups: anchorCells)
    var x: [Double] = []
    var f: [Double] = []
    var offsets = [0]
    var slack: [Double] = []
    for cell in 0..<count {
      var largest = 0.0
      let cuts = quadrature[
        quadrature.firstIndex(above: edges[cell])..<quadrature.firstIndex(above: edges[cell + 1])]
      let inner = samples[cell].count <= Self.sampleLimit ? points.positions[samples[cell]] : []
      let places = FitProblem.joined([edges[cell]] + cuts, inner + [edges[cell + 1]])
      x += places
      f += places.map { problem.function($0) }
      for (start, end) in zip(places, places.dropFirst()) {
        largest = max(largest, problem.largestChordError(from: start, to: end))
      }
      offsets.append(x.count)
      slack.append(largest)
    }
    self.x = x
    self.f = f
    self.offsets = offsets
    self.slack = slack
    if problem.floorRule == .zero {
      zeroShares = (0..<count).map { moments[$0].w * leastSquare($0, x: 0, y: 0, slope: 0) }
    }
  }

  var count: Int { edges.count - 1 }

  /// Whether a breakpoint can lie in the cell.
  func isWide(_ cell: Int) -> Bool { edges[cell] < edges[cell + 1] }

  private static func lies(_ x: Double, beyond cell: Int, _ edges: [Double]) -> Bool {
    edges[cell] < edges[cell + 1] ? x >= edges[cell + 1] : x > edges[cell + 1]
  }

  /// One line on the cells strictly between two that its piece also has a part of.
  ///
  /// Let p be the error on those parts of the line that is best between. Serving the parts too costs
  /// min over lines d of ‖d‖² between + ‖p − d‖² on the parts = pᵀ(1 + K)⁻¹p, where K is what the
  /// parts weigh against what holds the line. That is at least ‖p‖²/(1 + λ), λ being the largest
  /// eigenvalue for the parts as whole cells; and each ‖p‖² is at least the part's mass times the
  /// least p² in the cell.
  struct Piece {
    /// The cost on the cells between.
    var error: Double
    /// What the left and the right cell cost at least, if all of them is the piece's; a part costs
    /// at least its share.
    var left: Double
    var right: Double
  }

  /// - Parameters:
  ///   - left: The cell that the piece begins in; nil when it begins with cell 0.
  ///   - right: The cell it ends in; nil when it ends with the last.
  @inline(__always)
  func line(_ left: Int?, _ right: Int?) -> FittedLine {
    costs.line(left.map { $0 + 1 } ?? 0, right ?? count)
  }

  func piece(_ left: Int?, _ right: Int?) -> Piece { piece(line(left, right), left, right) }

  /// - Parameter line: Theirs.
  func piece(_ line: FittedLine, _ left: Int?, _ right: Int?) -> Piece {
    var piece = Piece(error: line.error, left: 0, right: 0)
    let ends = (
      left.map { moments[$0] } ?? LineMoments(), right.map { moments[$0] } ?? LineMoments()
    )
    guard line.error.isFinite, let influence = line.freedom.influence(of: ends.0, ends.1) else {
      return piece
    }
    let slope = line.slope ?? 0
    let share = 1 / (1 + influence)
    if let left {
      piece.left = share * ends.0.w * leastSquare(left, x: line.x, y: line.y, slope: slope)
    }
    if let right {
      piece.right = share * ends.1.w * leastSquare(right, x: line.x, y: line.y, slope: slope)
    }
    return piece
  }

  /// The same for the line y = x from a cell to the end.
  func identity(_ left: Int) -> Piece {
    Piece(
      error: costs.identityFrom[left + 1],
      left: moments[left].w * leastSquare(left, x: 0, y: 0, slope: 1), right: 0)
  }

  /// Below the squared error of a line everywhere in a cell; 0 where it can cross the function.
  @inline(__always)
  private func leastSquare(_ cell: Int, x x0: Double, y y0: Double, slope: Double) -> Double {
    let range = offsets[cell]..<offsets[cell + 1]
    guard !range.isEmpty else { return 0 }
    var least = Double.infinity
    var most = -Double.infinity
    for index in range {
      let error = f[index] - (y0 + slope * (x[index] - x0))
      least = error < least ? error : least
      most = error > most ? error : most
    }
    let distance = max(0, (least > 0 ? least : most < 0 ? -most : 0) - slack[cell])
    return distance * distance
  }
}

extension FitProblem {
  /// At least the distance of f from its chord between two close positions: (b − a)²/8 times the
  /// largest |f″|, which the bounds' are taken for with a quarter to spare.
  fileprivate func largestChordError(from start: Double, to end: Double) -> Double {
    // Straight between samples, of which every one is a cut.
    if case .sampled = function { return 0 }
    let bend = max(
      function.secondDerivative(start).magnitude, function.secondDerivative(end).magnitude)
    return 1.25 / 8 * bend * (end - start) * (end - start)
  }
}

extension FittedLine.Freedom {
  /// The largest eigenvalue of what two runs weigh against what holds the line; nil when nothing
  /// holds it.
  @inline(__always)
  fileprivate func influence(of first: LineMoments, _ second: LineMoments) -> Double? {
    switch self {
    case .unknown: return nil
    case .none: return 0
    case .turning(let x, let reach):
      let dx = (first.x - x, second.x - x)
      return (first.xx + first.w * dx.0 * dx.0 + second.xx + second.w * dx.1 * dx.1) / reach
    case .twofold(let w, let x, let xx):
      let dx = (first.x - x, second.x - x)
      let mass = (first.w + second.w) / w
      let spread =
        (first.xx + first.w * dx.0 * dx.0 + second.xx + second.w * dx.1 * dx.1) / xx
      let shift = first.w * dx.0 + second.w * dx.1
      let difference = mass - spread
      return 0.5
        * (mass + spread
          + (difference * difference + 4 * shift * shift / (w * xx)).squareRoot())
    }
  }
}
