/// The best table of at most N lines out of a bank, exactly: a dynamic programme over points, pieces
/// and lines.
///
/// `row[l][k]` is the least cost of the points so far with at most k + 1 pieces of which line l is
/// the last, `best[j][k]` the least cost of the first j points with at most k pieces:
///
///     row[l][k] = cost(l, j) + min(row[l][k], best[j][k])
///     best[j + 1][k + 1] = min over l of row[l][k]
///
/// (for the maximum, + is max). A line is left out at a point where its cost, the best so far and the
/// least that the later points cost come to more than a limit. No table within the limit uses such a
/// line there, so a result within the limit is the exact optimum; one above it is a table all the
/// same and becomes the next limit. Where each piece began is not stored: going back, the first
/// piece to reach the known best cost is found again.
struct GridLineProgramme<Bank: GridLineBank> {
  struct Solution {
    /// At most N, ascending; the first starts at point 0.
    var pieces: [GridLinePiece]
    var cost: Double
  }

  private typealias Lanes = SIMD4<Double>
  private static var lanes: Int { 4 }

  private let bank: Bank
  private let merging: CostMerging
  /// What the points from each on cost at least; 0 after the last.
  private let laterFloors: [Double]

  init(bank: Bank, merging: CostMerging) {
    self.bank = bank
    self.merging = merging
    var floors = [0.0]
    for point in (0..<bank.pointCount).reversed() {
      let later = floors[floors.count - 1]
      let own = bank.floor(at: point)
      floors.append(merging == .sum ? later + own : max(later, own))
    }
    laterFloors = floors.reversed()
  }

  /// No table can cost less.
  var lowerBound: Double { laterFloors[0] }

  /// The best table; nil when none costs at most `ceiling`.
  ///
  /// - Parameters:
  ///   - pieces: N, at least 1.
  ///   - guess: A first limit; only the time depends on it.
  ///   - ceiling: Finite. Tables that cost more are of no interest.
  func solve(pieces: Int, guess: Double, ceiling: Double) -> Solution? {
    guard lowerBound <= ceiling else { return nil }
    if let piece = bank.bestLine(costing: lowerBound) {
      let solution = Solution(pieces: [piece], cost: cost(of: [piece]))
      if solution.cost <= lowerBound { return solution }
    }
    let pieces = min(pieces, bank.pointCount)
    var limit = min(ceiling, max(guess, lowerBound * (1 + 0x1p-20)))
    while true {
      let best = forward(pieces: pieces, limit: limit)
      let cost = best[best.count - 1]
      if cost <= limit { return trace(best, pieces: pieces, limit: limit) }
      if limit >= ceiling { return nil }
      let next = cost.isFinite ? cost * (1 + 0x1p-40) : 2 * (limit - lowerBound) + lowerBound
      limit = min(ceiling, max(next, limit * (1 + 0x1p-40), 0x1p-200))
    }
  }

  /// What a line may cost at a point of a table that costs at most `limit`.
  /// - Parameter before: What the points before it cost at least.
  private func pointLimit(_ point: Int, limit: Double, before: Double) -> Double {
    // Sums are rounded: leave them a part in 2^40.
    merging == .sum
      ? limit - before - laterFloors[point + 1] + limit * 0x1p-40 : limit
  }

  /// `best[j][k]`, row after row of `pieces` + 1 numbers.
  private func forward(pieces: Int, limit: Double) -> [Double] {
    let width = pieces + 1
    let chunks = (pieces + Self.lanes - 1) / Self.lanes
    var best = Array(repeating: Double.infinity, count: (bank.pointCount + 1) * width)
    for level in 0..<width { best[level] = 0 }
    var previous = Array(repeating: 0..<0, count: bank.slopeCount)
    withUnsafeTemporaryAllocation(
      of: Lanes.self, capacity: bank.slopeCount * bank.interceptCount * chunks
    ) { rows in
      var before = Array(repeating: Lanes(repeating: .infinity), count: chunks)
      var after = before
      for point in 0..<bank.pointCount {
        for level in 0..<(Self.lanes * chunks) {
          let (chunk, lane) = level.quotientAndRemainder(dividingBy: Self.lanes)
          before[chunk][lane] = level < pieces ? best[point * width + level] : .infinity
          after[chunk][lane] = .infinity
        }
        let least = best[point * width + pieces]
        let pointLimit = pointLimit(point, limit: limit, before: least)
        guard pointLimit >= bank.floor(at: point) else { break }
        let window = bank.window(at: point, limit: pointLimit)
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
          let (chunk, lane) = (level - 1).quotientAndRemainder(dividingBy: Self.lanes)
          best[index] = min(best[index - 1], after[chunk][lane])
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
      let pointLimit = pointLimit(
        end - 1, limit: limit, before: best[(end - 1) * width + pieces])
      let piece = lastPiece(
        before: end, of: best[end * width + level],
        window: bank.window(at: end - 1, limit: pointLimit),
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
    before end: Int, of target: Double, window: Bank.Window, earlier: (Int) -> Double
  ) -> GridLinePiece {
    var found = GridLinePiece(start: 0, slope: 0, intercept: 0)
    // Summed backwards the same costs round otherwise.
    var least = target + target * 0x1p-30 + 0x1p-900
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
