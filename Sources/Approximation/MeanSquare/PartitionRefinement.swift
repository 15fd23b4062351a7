/// Moves a partition's cuts to the exact best groups near them: programmes over a window around
/// every cut at once, in steps that shrink until they are single groups and nothing changes.
struct PartitionRefinement {
  let costs: PieceCosts
  let endsOnIdentity: Bool

  /// Candidates on each side of a cut.
  private static let reach = 6
  /// Windows at most; each but the last gains something.
  private static let limit = 400

  /// - Parameters:
  ///   - partition: Of the groups.
  ///   - steps: For each cut how many groups to step first: at least 1.
  /// - Returns: A partition that is no worse.
  func refined(
    _ partition: PartitionProgramme.Partition, steps: [Int]
  ) -> PartitionProgramme.Partition {
    var best = partition
    var steps = steps
    guard !best.cuts.isEmpty else { return best }
    for _ in 0..<Self.limit {
      let candidates = zip(best.cuts, steps).map { cut, step -> [Int] in
        (-Self.reach...Self.reach).map { cut + $0 * step }.filter { $0 >= 0 && $0 <= costs.count }
      }
      let found = partitioned(among: candidates)
      var isFinal = true
      for index in steps.indices {
        let isOutermost =
          (found.cuts[index] - best.cuts[index]).magnitude == Self.reach * steps[index]
        if isOutermost {
          isFinal = false
        } else if steps[index] > 1 {
          steps[index] = max(1, steps[index] / 4)
          isFinal = false
        } else if found.cuts[index] != best.cuts[index] {
          isFinal = false
        }
      }
      let isBetter = found.error < best.error
      if isBetter { best = found }
      if isFinal || (!isBetter && steps.allSatisfy { $0 == 1 }) { break }
    }
    return best
  }

  /// The best partition with each cut among its candidates.
  private func partitioned(among candidates: [[Int]]) -> PartitionProgramme.Partition {
    var best = candidates[0].map { costs(0, $0) }
    var origins: [[Int]] = []
    for index in 1..<max(candidates.count, 1) {
      var next = Array(repeating: Double.infinity, count: candidates[index].count)
      var origin = Array(repeating: 0, count: next.count)
      for (place, end) in candidates[index].enumerated() {
        for (from, start) in candidates[index - 1].enumerated() where start <= end {
          guard best[from] < next[place] else { continue }
          let cost = best[from] + costs(start, end)
          if cost < next[place] {
            next[place] = cost
            origin[place] = from
          }
        }
      }
      best = next
      origins.append(origin)
    }
    var error = Double.infinity
    var place = 0
    for (index, start) in candidates[candidates.count - 1].enumerated() {
      let last = endsOnIdentity ? costs.identityFrom[start] : costs(start, costs.count)
      if best[index] + last < error {
        error = best[index] + last
        place = index
      }
    }
    var cuts: [Int] = []
    for index in candidates.indices.reversed() {
      cuts.append(candidates[index][place])
      if index > 0 { place = origins[index - 1][place] }
    }
    return .init(cuts: cuts.reversed(), error: error)
  }
}
