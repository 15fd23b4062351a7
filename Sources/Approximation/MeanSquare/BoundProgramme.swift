/// The least that any table of N pieces can cost, by dynamic programming over cells.
///
/// Take any table. A cell with exactly one breakpoint t is served by its left piece up to t and by
/// its right one from there on: each pays at least its share of the cell times what it would pay for
/// the whole (``BoundCells/Piece``). That sum is linear in the share, so at least as much as if one
/// of them, the better choice, had the whole cell. A cell with several breakpoints costs nothing.
/// So the least over all choices of cells to cut, and of who pays for them, is a lower bound; it
/// errs by the square of the cells' width, where cells that cost nothing would err by the width.
struct BoundProgramme {
  /// Which numbers of pieces can end in a cell, for tables not worse than the threshold.
  typealias Pieces = ClosedRange<Int>

  let cells: BoundCells
  let pieces: Int
  let endsOnIdentity: Bool
  /// What some table achieves: everything that costs more can be left out.
  let threshold: Double

  /// No table costs less; at most the threshold.
  private(set) var bound: Double
  /// For each cell the least that a table costs that has a breakpoint there.
  private(set) var values: [Double]
  /// For each cell the numbers of pieces that end there in tables not worse than the threshold.
  private(set) var possible: [Pieces?]
  /// The pairs of cells looked at.
  private(set) var pairs = 0

  /// Costs from one side, for each cell and number of pieces left of its first breakpoint.
  private struct Costs {
    /// The piece on this side does not pay for the cell.
    var owing: [Double]
    /// It does; after `settle`, or nobody need.
    var settled: [Double]
  }

  private struct Pair {
    var left: Int
    var piece: BoundCells.Piece
  }

  private let offsets: [Int]

  /// - Parameter possible: For each cell the numbers of pieces that may end there.
  init(
    cells: BoundCells, pieces: Int, endsOnIdentity: Bool, threshold: Double, possible: [Pieces?]
  ) {
    self.cells = cells
    self.pieces = pieces
    self.endsOnIdentity = endsOnIdentity
    self.threshold = threshold
    self.possible = possible
    bound = threshold
    values = Array(repeating: .infinity, count: cells.count)
    var offsets = [0]
    for cell in 0..<cells.count {
      let isCut = cells.isWide(cell)
      if !isCut { self.possible[cell] = nil }
      offsets.append(offsets[cell] + (isCut ? possible[cell]?.count ?? 0 : 0))
    }
    self.offsets = offsets
    run()
  }

  private mutating func run() {
    let whole = cells.piece(nil, nil)
    bound = min(bound, whole.error)
    if endsOnIdentity { bound = min(bound, cells.costs.identityFrom[0]) }
    let empty = Array(repeating: Double.infinity, count: offsets[cells.count])
    var left = Costs(owing: empty, settled: empty)
    let (all, starts) = pairsOfCells()
    pairs = all.count
    forward(&left, all, starts)
    var right = Costs(owing: empty, settled: empty)
    backward(&right, all, starts)
    for cell in 0..<cells.count {
      guard let range = possible[cell] else { continue }
      evaluate(cell, range, left, right)
    }
    bound = min(bound, values.min() ?? .infinity)
  }

  /// All pieces that cost at most the threshold, by the cell that they end in.
  private func pairsOfCells() -> (pairs: [Pair], starts: [Int]) {
    var pairs: [Pair] = []
    var starts = [0]
    var first = 0
    for cell in 0..<cells.count {
      if possible[cell] != nil {
        while first < cell, cells.costs(first, cell) > threshold { first += 1 }
        for left in max(first - 1, 0)..<max(cell, 0) where possible[left] != nil {
          pairs.append(Pair(left: left, piece: cells.piece(left, cell)))
        }
      }
      starts.append(pairs.count)
    }
    return (pairs, starts)
  }

  private func forward(_ costs: inout Costs, _ pairs: [Pair], _ starts: [Int]) {
    for cell in 0..<cells.count {
      guard let range = possible[cell] else { continue }
      let base = offsets[cell] - range.lowerBound
      if range.contains(1) {
        let piece = cells.piece(nil, cell)
        costs.owing[base + 1] = piece.error
        costs.settled[base + 1] = piece.error + piece.right
      }
      for pair in pairs[starts[cell]..<starts[cell + 1]] {
        guard let before = possible[pair.left] else { continue }
        let from = offsets[pair.left] - before.lowerBound - 1
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
      guard let range = possible[cell] else { continue }
      let base = offsets[cell] - range.lowerBound
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
        guard let before = possible[pair.left] else { continue }
        let to = offsets[pair.left] - before.lowerBound - 1
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
  private func finish(_ cell: Int, _ range: Pieces, _ costs: inout Costs) {
    let base = offsets[cell] - range.lowerBound
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

  /// What a breakpoint in the cell costs at least, and which numbers of pieces can end there.
  private mutating func evaluate(_ cell: Int, _ range: Pieces, _ left: Costs, _ right: Costs) {
    let base = offsets[cell] - range.lowerBound
    var value = Double.infinity
    var low = Int.max
    var high = Int.min
    var owing = (count: range.lowerBound, cost: Double.infinity)
    for count in range {
      let single = min(
        left.settled[base + count] + right.settled[base + count],
        left.owing[base + count] + right.owing[base + count])
      // Several breakpoints: the first one after fewer pieces.
      let several = owing.cost + right.settled[base + count]
      let cost = min(single, several)
      value = min(value, cost)
      if cost <= threshold {
        low = min(low, count)
        high = max(high, count)
      }
      if several <= threshold {
        low = min(low, firstOwing(cell, range, left, several: right, count))
      }
      if left.owing[base + count] < owing.cost { owing = (count, left.owing[base + count]) }
    }
    values[cell] = value
    possible[cell] = low <= high ? low...high : nil
  }

  /// The least number of pieces left of the first of several breakpoints in a cell.
  private func firstOwing(
    _ cell: Int, _ range: Pieces, _ left: Costs, several right: Costs, _ count: Int
  ) -> Int {
    let base = offsets[cell] - range.lowerBound
    for first in range.lowerBound..<count
    where left.owing[base + first] + right.settled[base + count] <= threshold {
      return first
    }
    return count
  }
}
