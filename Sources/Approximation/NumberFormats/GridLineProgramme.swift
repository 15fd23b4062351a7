/// The best table of at most N lines out of a bank, exactly: a dynamic programme over points, pieces
/// and lines.
///
/// `row[l][k]` is the least cost of the points so far with at most k + 1 pieces of which line l is
/// the last, `best[j][k]` the least cost of the first j points with at most k pieces:
///
///     row[l][k] = cost(l, j) + min(row[l][k], best[j][k])
///     best[j + 1][k + 1] = min over l of row[l][k]
///
/// (for the maximum, + is max). Lines that cost more than a limit at a point are left out there. Any
/// table that costs at most the limit uses none of them, so a result within the limit is the exact
/// optimum; one above it is a table all the same and becomes the next limit. Where each piece began
/// is not stored: going back, the first piece to reach the known best cost is found again.
struct GridLineProgramme<Bank: GridLineBank> {
  struct Solution {
    /// At most N, ascending; the first starts at point 0.
    var pieces: [GridLinePiece]
    var cost: Double
  }

  private typealias Lanes = SIMD8<Double>

  private let bank: Bank
  private let merging: CostMerging
  /// Sum: of the points' floors. Maximum: 0.
  private let floorSum: Double

  init(bank: Bank, merging: CostMerging) {
    self.bank = bank
    self.merging = merging
    floorSum = merging == .sum ? (0..<bank.pointCount).reduce(0) { $0 + bank.floor(at: $1) } : 0
  }

  /// No table can cost less.
  var lowerBound: Double {
    merging == .sum
      ? floorSum : (0..<bank.pointCount).reduce(0) { max($0, bank.floor(at: $1)) }
  }

  /// The best table; nil when none costs at most `ceiling`.
  ///
  /// - Parameters:
  ///   - pieces: N, at least 1.
  ///   - guess: A first limit; only the time depends on it.
  ///   - ceiling: Finite. Tables that cost more are of no interest.
  func solve(pieces: Int, guess: Double, ceiling: Double) -> Solution? {
    guard lowerBound <= ceiling else { return nil }
    var limit = min(ceiling, max(guess, lowerBound * (1 + 0x1p-20)))
    while true {
      let best = forward(pieces: min(pieces, bank.pointCount), limit: limit)
      let cost = best[best.count - 1]
      if cost <= limit { return trace(best, pieces: min(pieces, bank.pointCount), limit: limit) }
      if limit >= ceiling { return nil }
      let next = cost.isFinite ? cost * (1 + 0x1p-40) : 4 * (limit - floorSum) + floorSum
      limit = min(ceiling, max(next, limit * (1 + 0x1p-40), 0x1p-200))
    }
  }

  /// What a line may cost at a point of a table that costs at most `limit`.
  private func pointLimit(_ point: Int, limit: Double) -> Double {
    // The floors' sum is rounded: leave it an ulp or so for each point.
    merging == .sum
      ? limit - floorSum + bank.floor(at: point) + limit * 0x1p-40 : limit
  }

  /// `best[j][k]`, row after row of `pieces` + 1 numbers.
  private func forward(pieces: Int, limit: Double) -> [Double] {
    let width = pieces + 1
    let chunks = (pieces + 7) / 8
    var best = Array(repeating: Double.infinity, count: (bank.pointCount + 1) * width)
    for level in 0..<width { best[level] = 0 }
    var previous = Array(repeating: 0..<0, count: bank.slopeCount)
    withUnsafeTemporaryAllocation(
      of: Lanes.self, capacity: bank.slopeCount * bank.interceptCount * chunks
    ) { rows in
      var before = Array(repeating: Lanes(repeating: .infinity), count: chunks)
      var after = before
      for point in 0..<bank.pointCount {
        for level in 0..<(8 * chunks) {
          before[level / 8][level % 8] = level < pieces ? best[point * width + level] : .infinity
          after[level / 8][level % 8] = .infinity
        }
        let window = bank.window(at: point, limit: pointLimit(point, limit: limit))
        for slope in 0..<bank.slopeCount {
          let range = bank.candidates(slope: slope, point: point, window: window)
          let known = previous[slope]
          previous[slope] = range
          for intercept in range {
            let cost = bank.cost(slope: slope, intercept: intercept, point: point)
            let costs = Lanes(repeating: cost)
            let row = (slope * bank.interceptCount + intercept) * chunks
            let isKnown = known.contains(intercept)
            for chunk in 0..<chunks {
              var lanes = before[chunk]
              if isKnown {
                let old = rows[row + chunk]
                lanes.replace(with: old, where: old .< lanes)
              }
              switch merging {
              case .sum: lanes += costs
              case .maximum: lanes.replace(with: costs, where: lanes .< costs)
              }
              rows[row + chunk] = lanes
              after[chunk].replace(with: lanes, where: lanes .< after[chunk])
            }
          }
        }
        // At most k pieces: a table of fewer counts too.
        for level in 1..<width {
          let index = (point + 1) * width + level
          best[index] = min(best[index - 1], after[(level - 1) / 8][(level - 1) % 8])
        }
      }
    }
    return best
  }

  private func trace(_ best: [Double], pieces: Int, limit: Double) -> Solution {
    let width = pieces + 1
    var found: [GridLinePiece] = []
    var end = bank.pointCount
    var level = pieces
    while end > 0 {
      while level > 1, best[end * width + level - 1] <= best[end * width + level] { level -= 1 }
      let piece = lastPiece(
        before: end, of: best[end * width + level], limit: limit,
        earlier: { best[$0 * width + level - 1] })
      found.append(piece)
      end = piece.start
      level -= 1
    }
    found.reverse()
    return Solution(pieces: found, cost: cost(of: found))
  }

  /// The line that ends at a point and, with the best table before it, costs `target`.
  /// - Parameter earlier: The least cost of so many points with one piece less.
  private func lastPiece(
    before end: Int, of target: Double, limit: Double, earlier: (Int) -> Double
  ) -> GridLinePiece {
    var found = GridLinePiece(start: 0, slope: 0, intercept: 0)
    // Summed backwards the same costs round otherwise.
    var least = target + target * 0x1p-30 + 0x1p-900
    let window = bank.window(at: end - 1, limit: pointLimit(end - 1, limit: limit))
    for slope in 0..<bank.slopeCount {
      for intercept in bank.candidates(slope: slope, point: end - 1, window: window) {
        var own = 0.0
        var start = end
        while start > 0 {
          start -= 1
          own = merge(own, bank.cost(slope: slope, intercept: intercept, point: start))
          if own >= least { break }
          let total = merge(own, earlier(start))
          if total < least {
            least = total
            found = GridLinePiece(start: start, slope: slope, intercept: intercept)
          }
        }
      }
    }
    return found
  }

  private func merge(_ one: Double, _ other: Double) -> Double {
    merging == .sum ? one + other : max(one, other)
  }

  /// What a table of the bank's lines costs.
  func cost(of pieces: [GridLinePiece]) -> Double {
    var sum = 0.0
    for (index, piece) in pieces.enumerated() {
      let end = index + 1 < pieces.count ? pieces[index + 1].start : bank.pointCount
      for point in piece.start..<end {
        sum = merge(sum, bank.cost(slope: piece.slope, intercept: piece.intercept, point: point))
      }
    }
    return sum
  }
}
