/// Correlations of weighted items; the weights are how often a bootstrap drew each.
enum Correlation {
  /// Pearson's r of `x` and `y`; 0 where it is undefined (a constant side, no items).
  static func pearson(_ x: [Double], _ y: [Double], counts: [Int]) -> Double {
    var total = 0
    var sumX = 0.0
    var sumY = 0.0
    for index in counts.indices {
      total += counts[index]
      sumX += Double(counts[index]) * x[index]
      sumY += Double(counts[index]) * y[index]
    }
    guard total > 0 else { return 0 }
    let meanX = sumX / Double(total)
    let meanY = sumY / Double(total)
    var xx = 0.0
    var yy = 0.0
    var xy = 0.0
    for index in counts.indices {
      let weight = Double(counts[index])
      let dx = x[index] - meanX
      let dy = y[index] - meanY
      xx += weight * dx * dx
      yy += weight * dy * dy
      xy += weight * dx * dy
    }
    guard xx > 0, yy > 0 else { return 0 }
    return min(1, max(-1, xy / (xx.squareRoot() * yy.squareRoot())))
  }

  /// Indices of `values` ascending, and which of them begin a group of equal values.
  struct Order {
    let indices: [Int]
    let groups: [Range<Int>]

    init(_ values: [Double]) {
      let indices = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
      var groups: [Range<Int>] = []
      var start = 0
      while start < indices.count {
        var end = start + 1
        while end < indices.count, values[indices[end]] == values[indices[start]] { end += 1 }
        groups.append(start..<end)
        start = end
      }
      self.indices = indices
      self.groups = groups
    }

    /// The rank of every item, equal values sharing their average rank, when item i is there
    /// `counts[i]` times. Linear in the number of items.
    func ranks(counts: [Int]) -> [Double] {
      var ranks = [Double](repeating: 0, count: indices.count)
      var below = 0
      for group in groups {
        var size = 0
        for position in group { size += counts[indices[position]] }
        let rank = Double(2 * below + size + 1) / 2
        for position in group { ranks[indices[position]] = rank }
        below += size
      }
      return ranks
    }
  }

  /// Spearman's ρ: Pearson's r of the average ranks.
  static func spearman(_ x: Order, _ y: Order, counts: [Int]) -> Double {
    pearson(x.ranks(counts: counts), y.ranks(counts: counts), counts: counts)
  }
}
