/// The best partition of groups into runs, each with its own line: dynamic programming.
///
/// Where the function is convex or concave, the costs satisfy the quadrangle inequality for any
/// weights: one more point on the right costs a run the more the further left the run begins.
/// (A point added on the left lies above the line, which the influence between two points outside
/// a run's mass, 1/w + (x − mean)(x′ − mean)/xx, never positive, then lowers on the right, and it
/// makes the run hold its line more firmly. Anchors on the function are points of infinite weight.)
/// Then the best beginning of the last run moves right with the run's end, and every layer is found
/// by divide and conquer. Otherwise that finds only *a* partition; no run of a better one costs more
/// than this whole, and costs grow with the run, so the full programme over shorter runs is exact.
struct PartitionProgramme {
  struct Partition {
    /// Where the lines' runs begin and end, ascending, equal for an empty run: one more than runs.
    /// Groups before the first bound and from the last on are answered by 0, which a line that dips
    /// gives for nothing.
    var bounds: [Int]
    /// Infinite when no partition satisfies the constraints.
    var error: Double

    /// The first group of every run but the first.
    var cuts: [Int] { Array(bounds.dropFirst().dropLast()) }
  }

  let costs: PieceCosts
  let endsOnIdentity: Bool

  /// The best partition into so many runs, of which some may be empty.
  /// - Parameters:
  ///   - pieces: At least 1.
  ///   - isConvexOrConcave: Whether the function is.
  func partition(pieces: Int, isConvexOrConcave: Bool) -> Partition {
    let free = endsOnIdentity ? pieces - 1 : pieces
    guard free > 0 else {
      return Partition(bounds: [0, costs.count], error: costs.identityFrom[0])
    }
    let quick = finished(layers(pieces: free), pieces: free, reach: nil)
    if isConvexOrConcave { return quick }
    let band = Band(costs: costs, limit: quick.error * (1 + 1e-9))
    let full = finished(layers(pieces: free, band: band), pieces: free, reach: band.start)
    return full.error <= quick.error ? full : quick
  }

  /// The costs of all runs that cost at most a limit, by their end.
  private struct Band {
    /// The first group of the longest run that ends before each group.
    private(set) var start: [Int] = []
    /// Where the costs of these runs begin.
    private(set) var offsets: [Int] = []
    private(set) var costs: [Double] = []

    init(costs all: PieceCosts, limit: Double) {
      var first = 0
      for end in 0...all.count {
        // A longer run costs no less: the first only moves right.
        while first < end, all(first, end) > limit { first += 1 }
        start.append(first)
        offsets.append(costs.count)
        for begin in first..<end { costs.append(all(begin, end)) }
        costs.append(0)
      }
    }
  }

  /// `layers[k][j]`: the groups before j in k + 1 runs.
  private func layers(pieces: Int, band: Band) -> [[Double]] {
    let groups = costs.count
    var best = costs.zeroBefore
    var layers: [[Double]] = []
    for _ in 0..<pieces {
      var next = Array(repeating: Double.infinity, count: groups + 1)
      best.withUnsafeBufferPointer { best in
        band.costs.withUnsafeBufferPointer { costs in
          for end in 0...groups {
            let start = band.start[end]
            let offset = band.offsets[end] - start
            var least = Double.infinity
            for begin in start...end {
              let cost = best[begin] + costs[offset + begin]
              if cost < least { least = cost }
            }
            next[end] = least
          }
        }
      }
      best = next
      layers.append(best)
    }
    return layers
  }

  private func layers(pieces: Int) -> [[Double]] {
    let groups = costs.count
    var layers: [[Double]] = []
    if costs.zeros == nil { layers.append((0...groups).map { costs(0, $0) }) }
    while layers.count < pieces {
      let best = layers.last ?? costs.zeroBefore
      var next = Array(repeating: Double.infinity, count: groups + 1)
      // Ends still to do, and the beginnings that can be best for them.
      var tasks = [(ends: 0...groups, starts: 0...groups)]
      while let (ends, starts) = tasks.popLast() {
        let end = ends.lowerBound + ends.count / 2
        var origin = min(end, starts.upperBound)
        for start in starts.lowerBound...origin {
          let before = best[start]
          guard before < next[end] else { continue }
          let cost = before + costs(start, end)
          if cost < next[end] {
            next[end] = cost
            origin = start
          }
        }
        if ends.lowerBound < end {
          tasks.append((ends.lowerBound...(end - 1), starts.lowerBound...origin))
        }
        if end < ends.upperBound {
          tasks.append(((end + 1)...ends.upperBound, origin...starts.upperBound))
        }
      }
      layers.append(next)
    }
    return layers
  }

  /// Reads the best cuts back from the layers.
  /// - Parameter reach: For each end the earliest beginning to look at; nil for the first.
  private func finished(_ layers: [[Double]], pieces: Int, reach: [Int]?) -> Partition {
    let groups = costs.count
    var end = groups
    var error = layers[pieces - 1][groups]
    let rest = endsOnIdentity ? costs.identityFrom : costs.zeroFrom
    for start in 0...groups {
      let cost = layers[pieces - 1][start] + rest[start]
      if cost < error {
        error = cost
        end = start
      }
    }
    var bounds = endsOnIdentity ? [groups, end] : [end]
    for piece in stride(from: pieces - 1, through: 0, by: -1) {
      let earlier = piece > 0 ? layers[piece - 1] : costs.zeroBefore
      var least = Double.infinity
      var origin = 0
      for start in (reach?[end] ?? 0)...end {
        let before = earlier[start]
        // The layers never grow with the pieces nor fall with the groups.
        guard before < least else { continue }
        let cost = before + costs(start, end)
        if cost < least {
          least = cost
          origin = start
        }
      }
      end = origin
      bounds.append(end)
    }
    return Partition(bounds: bounds.reversed(), error: error)
  }
}
