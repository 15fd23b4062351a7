/// The least that any table of N pieces can cost, by dynamic programming over cells.
///
/// Take any table. A cell with exactly one breakpoint t is served by its left piece up to t and by
/// its right one from there on: each pays at least its share of the cell times what it would pay for
/// the whole (``BoundCells/Piece``). That sum is linear in the share, so at least as much as if one
/// of them, the better choice, had the whole cell. A cell with several breakpoints costs nothing.
/// So the least over all choices of cells to cut, and of who pays for them, is a lower bound; it
/// errs by the square of the cells' width, where cells that cost nothing would err by the width.
struct BoundProgramme {
  let cells: BoundCells
  let pieces: Int
  let endsOnIdentity: Bool
  /// What some table achieves: everything that costs more can be left out.
  let threshold: Double
  private let prior: Prior

  /// No table costs less; at most the threshold.
  private(set) var bound: Double
  /// For each cell the least that a table costs that has a breakpoint there.
  private(set) var values: [Double]
  /// What this programme knows, for one over finer cells.
  private(set) var posterior: Prior
  /// The pairs of cells looked at, and the sums formed for them.
  private(set) var effort = (pairs: 0, sums: 0)

  /// What is known of breakpoints in each cell.
  struct Prior {
    /// The numbers of pieces that can be left of one in tables not worse than the threshold; nil
    /// when there is no such table.
    var pieces: [ClosedRange<Int>?]
    /// The index in `left` and `right` of each cell's number 0.
    var bases: [Int]
    /// What the pieces left of a breakpoint cost at least, for each number of them.
    var left: [Double]
    /// What the pieces right of it cost at least, for each number of those on the left.
    var right: [Double]

    /// Nothing.
    static func none(cells: Int, pieces: Int) -> Prior {
      Prior(
        pieces: Array(repeating: 1...max(1, pieces - 1), count: cells),
        bases: Array(repeating: 0, count: cells), left: Array(repeating: 0, count: pieces + 1),
        right: Array(repeating: 0, count: pieces + 1))
    }

    /// For cells that are parts of these.
    /// - Parameter parents: For each new cell the one it is a part of.
    func inherited(by parents: [Int]) -> Prior {
      Prior(
        pieces: parents.map { pieces[$0] }, bases: parents.map { bases[$0] }, left: left,
        right: right)
    }
  }

  /// Costs from one side, for each cell and number of pieces left of its first breakpoint.
  private struct Costs {
    /// The piece on this side does not pay for the cell.
    var owing: [Double]
    /// It does, or nobody need.
    var settled: [Double]
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
    bound = threshold
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
    bound = min(bound, whole.error)
    if endsOnIdentity { bound = min(bound, cells.costs.identityFrom[0]) }
    let empty = Array(repeating: Double.infinity, count: states)
    var left = Costs(owing: empty, settled: empty)
    let (all, starts) = pairsOfCells()
    effort.pairs = all.count
    forward(&left, all, starts)
    var right = Costs(owing: empty, settled: empty)
    backward(&right, all, starts)
    posterior.left = zip(left.owing, left.settled).map { min($0, $1) }
    posterior.right = right.settled
    for cell in 0..<cells.count {
      guard let range = posterior.pieces[cell] else { continue }
      evaluate(cell, range, left, right)
    }
    bound = min(bound, values.min() ?? .infinity)
  }

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

  private func forward(_ costs: inout Costs, _ pairs: [Pair], _ starts: [Int]) {
    for cell in 0..<cells.count {
      guard let range = posterior.pieces[cell] else { continue }
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
        for count in low...high {
          let cost =
            min(costs.settled[from + count], costs.owing[from + count] + piece.left) + piece.error
          if cost < costs.owing[base + count] { costs.owing[base + count] = cost }
          let paid = cost + piece.right
          if paid < costs.settled[base + count] { costs.settled[base + count] = paid }
        }
      }
      // With a second breakpoint in the cell nobody pays for it.
      var least = Double.infinity
      for count in range {
        let own = costs.owing[base + count]
        if least < costs.settled[base + count] { costs.settled[base + count] = least }
        least = min(least, own)
      }
    }
  }

  private func backward(_ costs: inout Costs, _ pairs: [Pair], _ starts: [Int]) {
    for cell in (0..<cells.count).reversed() {
      guard let range = posterior.pieces[cell] else { continue }
      let base = posterior.bases[cell]
      finish(cell, range, &costs)
      // What comes after a left piece that does not pay: the right one does, or a second
      // breakpoint follows in the cell.
      var after = Array(repeating: Double.infinity, count: range.count)
      var least = Double.infinity
      for count in range.reversed() {
        after[count - range.lowerBound] = min(costs.owing[base + count], least)
        least = min(least, costs.settled[base + count])
      }
      for pair in pairs[starts[cell]..<starts[cell + 1]] {
        guard let before = posterior.pieces[pair.left] else { continue }
        let to = posterior.bases[pair.left] - 1
        let low = max(range.lowerBound, before.lowerBound + 1)
        let high = min(range.upperBound, before.upperBound + 1)
        guard low <= high else { continue }
        let piece = pair.piece
        for count in low...high {
          let cost =
            min(after[count - range.lowerBound], costs.settled[base + count] + piece.right)
            + piece.error
          if cost < costs.settled[to + count] { costs.settled[to + count] = cost }
          let paid = cost + piece.left
          if paid < costs.owing[to + count] { costs.owing[to + count] = paid }
        }
      }
    }
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
    for count in range {
      var cost = min(
        left.settled[base + count] + right.settled[base + count],
        left.owing[base + count] + right.owing[base + count])
      // Several breakpoints, the first of them after fewer pieces.
      for first in range.lowerBound..<count {
        let several = left.owing[base + first] + right.settled[base + count]
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
