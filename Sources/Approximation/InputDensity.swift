/// How densely inputs lie at each place: a step function. Single values have no density; they are
/// kept apart.
struct InputDensity {
  /// The share of the largest density that counts where fewer inputs lie, or none: even there a table
  /// follows the function.
  static let leastShare = 1e-6

  /// Where the density changes, strictly ascending.
  let edges: [Double]
  /// The density from each edge to the next.
  private let densities: [Double]
  /// Values that occur as such, ascending.
  let singles: [Double]
  private let peak: Double

  /// - Parameter intervals: With positive mass; they may overlap.
  init(of intervals: [WeightedInterval]) {
    var steps: [(position: Double, change: Double, count: Int)] = []
    var singles: [Double] = []
    for interval in intervals where interval.weight > 0 {
      if interval.lower == interval.upper {
        singles.append(interval.lower)
        continue
      }
      let density = interval.weight / (interval.upper - interval.lower)
      steps.append((interval.lower, density, 1))
      steps.append((interval.upper, -density, -1))
    }
    steps.sort { $0.position < $1.position }
    var edges: [Double] = []
    var densities: [Double] = []
    var sum = 0.0
    var covering = 0
    for step in steps {
      covering += step.count
      // Exactly zero where nothing lies, whatever the sums have lost.
      sum = covering == 0 ? 0 : max(0, sum + step.change)
      if edges.last == step.position {
        densities[densities.count - 1] = sum
      } else {
        edges.append(step.position)
        densities.append(sum)
      }
    }
    self.edges = edges
    self.densities = densities
    self.singles = singles.sorted()
    peak = densities.max() ?? 0
  }

  /// The density at x as a share of the largest one, at least ``leastShare``; 1 at a single value. At
  /// an edge, that of the denser side.
  func share(at x: Double) -> Double {
    let single = singles.firstIndex(above: x) - 1
    if single >= 0, singles[single] == x { return 1 }
    guard peak > 0 else { return Self.leastShare }
    let index = edges.firstIndex(above: x) - 1
    guard index >= 0 else { return Self.leastShare }
    let density = densities[index]
    let isEdge = edges[index] == x && index > 0
    return max(Self.leastShare, (isEdge ? max(density, densities[index - 1]) : density) / peak)
  }
}
