/// The least that any table of N pieces can cost, by dynamic programming over cells.
///
/// Take any table. A cell with exactly one breakpoint t is served by its left piece up to t and by
/// its right one from there on: each pays at least its share of the cell times what it would pay for
/// the whole (``BoundCells/Piece``). That sum is linear in the share, so at least as much as if one
/// of them, the better choice, had the whole cell. A cell with several breakpoints costs nothing.
/// So the least over all choices of cells to cut, and of who pays for them, is a lower bound; it
/// errs by the square of the cells' width, where cells that cost nothing would err by the width.
///
/// Where a negative result becomes 0, a line answers 0 on one side of its root. The programme lets a
/// zero piece stand before, between and after the lines, and counts none: no table of N such lines
/// costs less than the best choice of N lines and any zero pieces beside them. A zero piece is a line
/// without freedom; one inside a cell, between two lines, pays for its part as they do, so that such a
/// cell costs at least what the cheapest of the three would pay.
struct BoundProgramme {
  let cells: BoundCells
  let pieces: Int
  let endsOnIdentity: Bool
  /// What some table achieves: everything that costs more can be left out.
  let threshold: Double
  private let prior: Prior

  /// No table costs less than this or the threshold.
  private(set) var bound = Double.infinity
  /// For each cell the least that a table costs that has a breakpoint there.
  private(set) var values: [Double]
  /// What this programme knows, for one over finer cells.
  private(set) var posterior: Prior
  /// The pairs of cells looked at, and the sums formed for them.
  private(set) var effort = (pairs: 0, sums: 0)

  /// Costs from one side, for each cell and number of lines left of its first breakpoint.
  private struct Costs {
    /// A line on this side does not pay for the cell.
    var owing: [Double]
    /// It does, or a zero piece in the cell, or nobody need.
    var settled: [Double]
    /// A zero piece on this side does not pay for the cell.
    var zero: [Double]

    init(count: Int) {
      owing = Array(repeating: .infinity, count: count)
      settled = owing
      zero = owing
    }
  }

  private struct Pair {
    var left: Int
    var piece: BoundCells.Piece
  }

  /// - Parameter prior: From coarser cells, under the same threshold.
  init(
    cells: BoundCells, pieces: Int, endsOnIdentity: Bool, threshold: Double, prior: Prior
  ) {
    self.cells = cells
    self.pieces = pieces
    self.endsOnIdentity = endsOnIdentity
    self.threshold = threshold
    self.prior = prior
    values = Array(repeating: .infinity, count: cells.count)
    posterior = Prior(pieces: prior.pieces, bases: [], left: [], right: [])
    var offset = 0
    for cell in 0..<cells.count {
      if !cells.isWide(cell) { posterior.pieces[cell] = nil }
      let range = posterior.pieces[cell]
      posterior.bases.append(offset - (range?.lowerBound ?? 0))
      offset += range?.count ?? 0
    }
    run(states: offset)
  }

  private mutating func run(states: Int) {
    let whole = cells.piece(nil, nil)
    bound = whole.error
    if endsOnIdentity { bound = min(bound, cells.costs.identityFrom[0]) }
    let (all, starts) = pairsOfCells()
    effort.pairs = all.count
    let left = forward(states: states, all, starts)
    let right = backward(states: states, all, starts)
    posterior.left = (0..<states).map { min(left.owing[$0], left.settled[$0], left.zero[$0]) }
    posterior.right = zip(right.settled, right.zero).map { min($0, $1) }
    for cell in 0..<cells.count {
      guard let range = posterior.pieces[cell] else { continue }
      evaluate(cell, range, left, right)
    }
    bound = min(bound, values.min() ?? .infinity)
  }

  /// What a zero piece pays for a whole cell.
  private func zeroShare(_ cell: Int) -> Double { cells.zeroShares?[cell] ?? .infinity }

  /// What it costs on a cell that is all its own.
  private func zeroCost(_ cell: Int) -> Double { cells.costs.zeros?[cell] ?? .infinity }

  /// All pieces that tables not worse than the threshold can have, by the cell that they end in.
  private mutating func pairsOfCells() -> (pairs: [Pair], starts: [Int]) {
    var pairs: [Pair] = []
    var starts = [0]
    var first = 0
    for cell in 0..<cells.count {
      if let range = posterior.pieces[cell] {
        while first < cell, cells.costs(first, cell) > threshold { first += 1 }
        for left in max(first - 1, 0)..<max(cell, 0) {
          guard let before = posterior.pieces[left] else { continue }
          let line = cells.line(left, cell)
          let low = max(range.lowerBound, before.lowerBound + 1)
          let high = min(range.upperBound, before.upperBound + 1)
          guard low <= high else { continue }
          let from = prior.bases[left] - 1
          let to = prior.bases[cell]
          let isPossible = (low...high).contains {
            prior.left[from + $0] + line.error + prior.right[to + $0] <= threshold
          }
          if isPossible {
            effort.sums += high - low + 1
            pairs.append(Pair(left: left, piece: cells.piece(line, left, cell)))
          }
        }
      }
      starts.append(pairs.count)
    }
    return (pairs, starts)
  }

  private func forward(states: Int, _ pairs: [Pair], _ starts: [Int]) -> Costs {
    var costs = Costs(count: states)
    // A zero piece that has begun, by the lines before it.
    var run = Array(repeating: Double.infinity, count: pieces + 1)
    if cells.zeroShares != nil { run[0] = 0 }
    for cell in 0..<cells.count {
      guard let range = posterior.pieces[cell] else {
        for count in run.indices { run[count] += zeroCost(cell) }
        continue
      }
      let base = posterior.bases[cell]
      if range.contains(1) {
        let piece = cells.piece(nil, cell)
        costs.owing[base + 1] = piece.error
        costs.settled[base + 1] = piece.error + piece.right
      }
      for pair in pairs[starts[cell]..<starts[cell + 1]] {
        guard let before = posterior.pieces[pair.left] else { continue }
        let from = posterior.bases[pair.left] - 1
        let low = max(range.lowerBound, before.lowerBound + 1)
        let high = min(range.upperBound, before.upperBound + 1)
        guard low <= high else { continue }
        let piece = pair.piece
        let zeroShare = zeroShare(pair.left)
        for count in low...high {
          let settled = min(costs.settled[from + count], costs.zero[from + count] + zeroShare)
          let owing = min(costs.owing[from + count], costs.zero[from + count])
          let cost = min(settled, owing + piece.left) + piece.error
          if cost < costs.owing[base + count] { costs.owing[base + count] = cost }
          let paid = cost + piece.right
          if paid < costs.settled[base + count] { costs.settled[base + count] = paid }
        }
      }
      // With a line inside the cell nobody pays for it; a zero piece inside it pays for its part.
      var least = Double.infinity
      for count in range {
        let own = costs.owing[base + count]
        costs.zero[base + count] = run[count]
        costs.settled[base + count] = min(
          costs.settled[base + count], own + zeroShare(cell), least)
        least = min(least, own, run[count])
      }
      for count in run.indices {
        run[count] += zeroCost(cell)
        if range.contains(count) { run[count] = min(run[count], costs.settled[base + count]) }
      }
    }
    return costs
  }

  private mutating func backward(states: Int, _ pairs: [Pair], _ starts: [Int]) -> Costs {
    var costs = Costs(count: states)
    // A zero piece that goes on, by the lines before it; after the last line it can be the rest.
    var run = Array(repeating: Double.infinity, count: pieces + 1)
    if cells.zeroShares != nil { run[endsOnIdentity ? pieces - 1 : pieces] = 0 }
    for cell in (0..<cells.count).reversed() {
      guard let range = posterior.pieces[cell] else {
        for count in run.indices { run[count] += zeroCost(cell) }
        continue
      }
      let base = posterior.bases[cell]
      finish(cell, range, &costs)
      for count in range { costs.zero[base + count] = run[count] }
      let zeroShare = zeroShare(cell)
      // What comes after a left piece that does not pay: the right one does, or a zero piece between
      // them, or a line follows inside the cell. A zero piece is followed by no other one.
      var afterLine = Array(repeating: Double.infinity, count: range.count)
      var afterZero = afterLine
      var least = Double.infinity
      for count in range.reversed() {
        let line = min(costs.owing[base + count], costs.settled[base + count] + zeroShare, least)
        afterZero[count - range.lowerBound] = line
        afterLine[count - range.lowerBound] = min(line, run[count] + zeroShare)
        least = min(least, costs.settled[base + count], run[count])
      }
      for pair in pairs[starts[cell]..<starts[cell + 1]] {
        guard let before = posterior.pieces[pair.left] else { continue }
        let to = posterior.bases[pair.left] - 1
        let low = max(range.lowerBound, before.lowerBound + 1)
        let high = min(range.upperBound, before.upperBound + 1)
        guard low <= high else { continue }
        let piece = pair.piece
        for count in low...high {
          let settled = min(costs.settled[base + count], run[count])
          let cost =
            min(afterLine[count - range.lowerBound], settled + piece.right) + piece.error
          if cost < costs.settled[to + count] { costs.settled[to + count] = cost }
          let paid = cost + piece.left
          if paid < costs.owing[to + count] { costs.owing[to + count] = paid }
        }
      }
      for count in run.indices {
        run[count] += zeroCost(cell)
        if range.contains(count) {
          run[count] = min(run[count], afterZero[count - range.lowerBound])
        }
      }
    }
    return costs
  }

  /// The last piece begins in the cell. Here `owing` means that it pays for what the left one owes.
  private func finish(_ cell: Int, _ range: ClosedRange<Int>, _ costs: inout Costs) {
    let base = posterior.bases[cell]
    func end(_ count: Int, _ piece: BoundCells.Piece) {
      guard range.contains(count) else { return }
      costs.settled[base + count] = min(costs.settled[base + count], piece.error)
      costs.owing[base + count] = min(costs.owing[base + count], piece.error + piece.left)
    }
    if endsOnIdentity {
      end(pieces - 1, cells.identity(cell))
      // Or y = x begins above the domain.
      end(pieces - 2, cells.piece(cell, nil))
    } else {
      end(pieces - 1, cells.piece(cell, nil))
    }
  }

  /// What a breakpoint in the cell costs at least, and which numbers of pieces can be left of it.
  private mutating func evaluate(
    _ cell: Int, _ range: ClosedRange<Int>, _ left: Costs, _ right: Costs
  ) {
    let base = posterior.bases[cell]
    var value = Double.infinity
    var low = Int.max
    var high = Int.min
    let zeroShare = zeroShare(cell)
    for count in range {
      let lines = (left: left.settled[base + count], right: right.settled[base + count])
      let zeros = (left: left.zero[base + count], right: right.zero[base + count])
      var cost = min(
        lines.left + min(lines.right, zeros.right), zeros.left + zeroShare + lines.right,
        left.owing[base + count] + min(right.owing[base + count], zeros.right + zeroShare),
        zeros.left + right.owing[base + count])
      // Several breakpoints, the first of them after fewer lines.
      for first in range.lowerBound..<count {
        let several =
          min(left.owing[base + first], left.zero[base + first]) + min(lines.right, zeros.right)
        guard several <= threshold else { continue }
        cost = min(cost, several)
        low = min(low, first)
      }
      value = min(value, cost)
      if cost <= threshold {
        low = min(low, count)
        high = max(high, count)
      }
    }
    values[cell] = value
    posterior.pieces[cell] = low <= high ? low...high : nil
    // A second breakpoint in the cell: what is right of the first is more than what is right of
    // the last.
    var least = Double.infinity
    for count in range.reversed() {
      least = min(least, posterior.right[base + count])
      posterior.right[base + count] = least
    }
  }
}
