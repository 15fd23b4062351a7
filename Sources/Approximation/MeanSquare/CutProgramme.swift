/// The cuts of the best discontinuous least-squares function whose cuts lie between given groups of
/// points.
struct CutProgramme {
  private let costs: PieceCosts
  private let edges: [Double]
  private let isConvexOrConcave: Bool

  /// - Parameters:
  ///   - edges: The groups' bounds, strictly ascending, from the domain's lower to its upper bound.
  ///   - isConvexOrConcave: Whether the function is, which makes the programme much faster.
  init(points: WeightedPoints, edges: [Double], isConvexOrConcave: Bool = false) {
    self.edges = edges
    self.isConvexOrConcave = isConvexOrConcave
    var groups: [LineMoments] = []
    var identity: [Double] = []
    var index = 0
    for group in 0..<(edges.count - 1) {
      let end = group == edges.count - 2 ? Double.infinity : edges[group + 1]
      var sum = LineMoments()
      var distance = 0.0
      while index < points.positions.count, points.positions[index] < end {
        let x = points.positions[index]
        let f = points.values[index]
        let w = points.weights[index]
        sum = sum.merged(with: LineMoments(x: x, f: f, w: w))
        distance += w * (f - x) * (f - x)
        index += 1
      }
      groups.append(sum)
      identity.append(distance)
    }
    costs = PieceCosts(
      groups: groups, identity: identity, squares: nil, anchors: [], anchorGroups: [])
  }

  /// The cuts of the best function of so many pieces, ascending, equal for an empty piece; nil when
  /// there are not enough groups.
  /// - Parameter endsOnIdentity: The last piece is the line y = x.
  func cuts(pieces: Int, endsOnIdentity: Bool) -> [Double]? {
    guard pieces >= 1, pieces <= edges.count - 1 else { return nil }
    let programme = PartitionProgramme(costs: costs, endsOnIdentity: endsOnIdentity)
    return programme.partition(pieces: pieces, isConvexOrConcave: isConvexOrConcave).cuts.map {
      edges[$0]
    }
  }
}
