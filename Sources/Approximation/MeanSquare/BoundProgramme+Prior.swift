extension BoundProgramme {
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
    /// - Parameters:
    ///   - pieces: The lines of a table that are free.
    ///   - hasZeros: Whether a zero piece can begin or end a table.
    static func none(cells: Int, pieces: Int, hasZeros: Bool) -> Prior {
      Prior(
        pieces: Array(
          repeating: hasZeros ? 0...pieces : 1...max(1, pieces - 1), count: cells),
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
}
