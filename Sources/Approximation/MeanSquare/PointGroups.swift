/// The measure's points for a programme: points at one position are one, every anchor stands alone,
/// and beyond a limit neighbours are taken together.
struct PointGroups {
  /// The most groups that are not anchors.
  static let limit = 32_768

  private(set) var moments: [LineMoments] = []
  /// Σ w·(f − x)² for each.
  private(set) var identity: [Double] = []
  /// Σ w·f² for each.
  private(set) var squares: [Double] = []
  /// The first and the last position of each.
  private(set) var first: [Double] = []
  private(set) var last: [Double] = []
  private(set) var anchorGroups: [Int] = []

  var count: Int { moments.count }

  init(points: WeightedPoints, anchors: [Anchor]) {
    let bundle = max(1, (points.positions.count + Self.limit - 1) / Self.limit)
    moments.reserveCapacity(points.positions.count / bundle + anchors.count)
    var index = 0
    var nextAnchor = 0
    var inGroup = bundle
    while index < points.positions.count || nextAnchor < anchors.count {
      let hasPoint = index < points.positions.count
      if nextAnchor < anchors.count,
        !hasPoint || anchors[nextAnchor].x <= points.positions[index]
      {
        // The anchor's own group; points at its position join it.
        let anchor = anchors[nextAnchor]
        anchorGroups.append(count)
        append(LineMoments(x: anchor.x, f: anchor.y, w: 0), at: anchor.x)
        while index < points.positions.count, points.positions[index] == anchor.x {
          join(points, index)
          index += 1
        }
        nextAnchor += 1
        inGroup = bundle
        continue
      }
      let x = points.positions[index]
      defer { index += 1 }
      guard points.weights[index] > 0 else { continue }
      if last.last == x || inGroup < bundle {
        join(points, index)
      } else {
        append(LineMoments(), at: x)
        join(points, index)
        inGroup = 0
      }
      inGroup += 1
    }
  }

  private mutating func append(_ group: LineMoments, at x: Double) {
    moments.append(group)
    identity.append(0)
    squares.append(0)
    first.append(x)
    last.append(x)
  }

  private mutating func join(_ points: WeightedPoints, _ index: Int) {
    let x = points.positions[index]
    let f = points.values[index]
    let w = points.weights[index]
    let group = count - 1
    moments[group] = moments[group].merged(with: LineMoments(x: x, f: f, w: w))
    identity[group] += w * (f - x) * (f - x)
    squares[group] += w * f * f
    last[group] = x
  }

  /// The costs of lines on runs of these groups.
  /// - Parameter hasFloor: Whether lines that dip below 0 answer 0.
  func costs(anchors: [Anchor], hasFloor: Bool) -> PieceCosts {
    PieceCosts(
      groups: moments, identity: identity, squares: hasFloor ? squares : nil, anchors: anchors,
      anchorGroups: anchorGroups)
  }

  /// The costs of lines on runs of cells.
  /// - Parameter boundaries: The cells' bounds as indices of groups: strictly ascending from 0 to
  ///   their count.
  func costs(cells boundaries: [Int], anchors: [Anchor], of costs: PieceCosts) -> PieceCosts {
    var anchorCells: [Int] = []
    var cell = 0
    for group in anchorGroups {
      while boundaries[cell + 1] <= group { cell += 1 }
      anchorCells.append(cell)
    }
    let cells = 0..<(boundaries.count - 1)
    func sums(_ values: [Double]) -> [Double] {
      cells.map { values[boundaries[$0]..<boundaries[$0 + 1]].reduce(0, +) }
    }
    return PieceCosts(
      groups: cells.map { costs.moments(boundaries[$0], boundaries[$0 + 1]) },
      identity: sums(identity), squares: costs.zeros == nil ? nil : sums(squares),
      anchors: anchors, anchorGroups: anchorCells)
  }
}
