/// Moves a partition's bounds to the exact best groups near them: programmes over a window around
/// every bound at once, in steps that shrink until they are single groups and nothing changes.
struct PartitionRefinement {
  let costs: PieceCosts
  let endsOnIdentity: Bool

  /// Candidates on each side of a bound.
  private static let reach = 6
  /// Windows at most; each but the last gains something.
  private static let limit = 400

  /// - Parameters:
  ///   - partition: Of the groups.
  ///   - steps: For each bound how many groups to step first: at least 1.
  /// - Returns: A partition that is no worse.
  func refined(
    _ partition: PartitionProgramme.Partition, steps: [Int]
  ) -> PartitionProgramme.Partition {
    var best = partition
    var steps = steps
    for _ in 0..<Self.limit {
      let candidates = zip(best.bounds, steps).enumerated().map { index, bound -> [Int] in
        let (place, step) = bound
        // What no zero piece has moved stays at its end.
        let isEnd =
          (index == 0 && place == 0) || (index == best.bounds.count - 1 && place == costs.count)
        guard !isEnd else { return [place] }
        return (-Self.reach...Self.reach).map { place + $0 * step }
          .filter { $0 >= 0 && $0 <= costs.count }
      }
      let found = partitioned(among: candidates)
      var isFinal = true
      for index in steps.indices {
        let isOutermost =
          (found.bounds[index] - best.bounds[index]).magnitude == Self.reach * steps[index]
        if isOutermost {
          isFinal = false
        } else if steps[index] > 1 {
          steps[index] = max(1, steps[index] / 4)
          isFinal = false
        } else if found.bounds[index] != best.bounds[index] {
          isFinal = false
        }
      }
      let isBetter = found.error < best.error
      if isBetter { best = found }
      if isFinal || (!isBetter && steps.allSatisfy { $0 == 1 }) { break }
    }
    return best
  }

  /// The best partition with each bound among its candidates.
  private func partitioned(among candidates: [[Int]]) -> PartitionProgramme.Partition {
    var best = candidates[0].map { costs.zeroBefore[$0] }
    var origins: [[Int]] = []
    for index in 1..<max(candidates.count, 1) {
      let isLast = index == candidates.count - 1
      var next = Array(repeating: Double.infinity, count: candidates[index].count)
      var origin = Array(repeating: 0, count: next.count)
      for (place, end) in candidates[index].enumerated() {
        for (from, start) in candidates[index - 1].enumerated() where start <= end {
          guard best[from] < next[place] else { continue }
          let run =
            !isLast
            ? costs(start, end)
            : endsOnIdentity ? costs.identityFrom[start] : costs(start, end) + costs.zeroFrom[end]
          if best[from] + run < next[place] {
            next[place] = best[from] + run
            origin[place] = from
          }
        }
      }
      best = next
      origins.append(origin)
    }
    var place = best.indices.min { best[$0] < best[$1] } ?? 0
    let error = best[place]
    var bounds: [Int] = []
    for index in candidates.indices.reversed() {
      bounds.append(candidates[index][place])
      if index > 0 { place = origins[index - 1][place] }
    }
    return .init(bounds: bounds.reversed(), error: error)
  }
}
