/// Where relative errors change fast: a divisor max(|f|, floor) bends where |f| passes the floor, and
/// towards a zero of f it changes over lengths far below the domain's width.
struct RelativeGrading {
  /// Where |f| passes the floor, ascending.
  let bends: [Double]
  /// Edges of cells that grow with their distance from a bend, ascending, inside the domain.
  let edges: [Double]

  static let none = RelativeGrading(bends: [], edges: [])

  /// Even cells between a bend and as far as f takes to change by the floor.
  private static let evenCells = 16
  /// By what the further ones grow, and their width as a share of their distance.
  private static let growth = 1.05
  /// Where cells are this share of the domain, the grid is as fine.
  private static let coarsest = 1.0 / 1024

  private init(bends: [Double], edges: [Double]) {
    self.bends = bends
    self.edges = edges
  }

  /// - Parameters:
  ///   - places: A grid over the domain, ascending, from its lower to its upper bound.
  ///   - floor: Positive.
  init(of function: ApproximatedFunction, floor: Double, places: [Double]) {
    guard let lower = places.first, let upper = places.last else {
      self = .none
      return
    }
    // Both bends beside a zero can lie between two places.
    let zeros = places.changes { function($0) < 0 }
    bends = (places + zeros).sorted().changes { function($0).magnitude > floor }
    let width = upper - lower
    var edges: [Double] = []
    for bend in bends {
      let slope = function.firstDerivative(bend).magnitude
      let scale = slope > 0 ? min(max(floor / slope, 1e-12 * width), width) : width
      var distances = (1...Self.evenCells).map { scale * Double($0) / Double(Self.evenCells) }
      var distance = scale
      while distance * (Self.growth - 1) < width * Self.coarsest {
        distance *= Self.growth
        distances.append(distance)
      }
      edges += distances.flatMap { [bend - $0, bend + $0] }
    }
    self.edges = edges.filter { $0 > lower && $0 < upper }.sorted()
  }
}
