/// What one line costs on any run of consecutive groups of points, under a problem's constraints.
///
/// The cost never grows when the run shrinks: fewer points and fewer anchors leave a line freer.
struct PieceCosts {
  let moments: IntervalMoments
  let anchors: [Anchor]
  /// How many anchors lie in groups before each.
  private let anchorsBefore: [Int]
  /// The line y = x from each group to the end; infinite when it misses an anchor there.
  let identityFrom: [Double]
  /// What the answer 0 costs on each group, where the problem's floor gives it for nothing; infinite
  /// where an anchor forbids it. Nil where there is no such floor.
  let zeros: [Double]?
  /// The answer 0 on all groups before each, and on all from each on: 0 for none of them.
  let zeroBefore: [Double]
  let zeroFrom: [Double]

  /// - Parameters:
  ///   - identity: For each group Σ w·(f − x)².
  ///   - squares: For each group Σ w·f², where a negative result becomes 0; else nil.
  ///   - anchorGroups: For each anchor the group that it lies in; ascending.
  init(
    groups: [LineMoments], identity: [Double], squares: [Double]?, anchors: [Anchor],
    anchorGroups: [Int]
  ) {
    moments = IntervalMoments(groups)
    self.anchors = anchors
    var before = Array(repeating: 0, count: groups.count + 1)
    for group in anchorGroups { before[group + 1] += 1 }
    for index in 1..<before.count { before[index] += before[index - 1] }
    anchorsBefore = before
    var costs = Array(repeating: 0.0, count: groups.count + 1)
    for group in groups.indices.reversed() {
      let isMissed = anchors[before[group]..<before[group + 1]].contains { $0.x != $0.y }
      costs[group] = isMissed ? .infinity : costs[group + 1] + identity[group]
    }
    identityFrom = costs
    let zeros = squares.map { squares in
      groups.indices.map { group in
        anchors[before[group]..<before[group + 1]].allSatisfy { $0.y == 0 }
          ? squares[group] : .infinity
      }
    }
    self.zeros = zeros
    var sums = [0.0]
    for group in groups.indices { sums.append(sums[group] + (zeros?[group] ?? .infinity)) }
    zeroBefore = sums
    sums = [0.0]
    for group in groups.indices.reversed() {
      sums.append(sums[sums.count - 1] + (zeros?[group] ?? .infinity))
    }
    zeroFrom = sums.reversed()
  }

  /// The number of groups.
  var count: Int { moments.count }

  /// The least squared error of one line on the groups `start..<end`.
  @inline(__always)
  func callAsFunction(_ start: Int, _ end: Int) -> Double {
    guard !anchors.isEmpty else { return moments(start, end).residual }
    return line(start, end).error
  }

  @inline(__always)
  func line(_ start: Int, _ end: Int) -> FittedLine {
    moments(start, end).line(through: anchors[anchorsBefore[start]..<anchorsBefore[end]])
  }

  func hasAnchors(_ start: Int, _ end: Int) -> Bool { anchorsBefore[start] < anchorsBefore[end] }
}
