/// Pairs of tokens that become one, by rank; found by binary search, so that no choice of pairs
/// makes looking them up slow.
struct PairMerges: Sendable {
  struct Merge: Sendable {
    var left: Int32
    var right: Int32
    /// What they become.
    var whole: Int32
  }

  /// By rank.
  private let wholes: [Int32]
  /// Where in `rights` and `ranks` the pairs of a left token begin; one more than left tokens.
  private let starts: [Int32]
  private let rights: [Int32]
  private let ranks: [Int32]

  /// Where a pair stands in the list twice.
  struct Duplicate: Error {
    var rank: Int
  }

  /// - Parameter merges: in the order of their ranks; ids from 0.
  /// - Throws: `Duplicate` when a pair comes twice.
  init(_ merges: [Merge]) throws {
    wholes = merges.map(\.whole)
    let order = merges.indices.sorted {
      (merges[$0].left, merges[$0].right, $0) < (merges[$1].left, merges[$1].right, $1)
    }
    for (first, second) in zip(order, order.dropFirst())
    where merges[first].left == merges[second].left && merges[first].right == merges[second].right {
      throw Duplicate(rank: second)
    }
    var starts = [Int32](repeating: 0, count: Int(merges.map(\.left).max() ?? -1) + 2)
    for merge in merges { starts[Int(merge.left) + 1] += 1 }
    for index in starts.indices.dropFirst() { starts[index] += starts[index - 1] }
    self.starts = starts
    rights = order.map { merges[$0].right }
    ranks = order.map { Int32(truncatingIfNeeded: $0) }
  }

  /// The rank of a pair; -1 when it is none.
  @inline(__always)
  func rank(_ left: Int32, _ right: Int32) -> Int32 {
    guard Int(left) + 1 < starts.count else { return -1 }
    var lower = Int(starts[Int(left)])
    let end = Int(starts[Int(left) + 1])
    var upper = end
    while lower < upper {
      let middle = (lower + upper) / 2
      if rights[middle] < right { lower = middle + 1 } else { upper = middle }
    }
    return lower < end && rights[lower] == right ? ranks[lower] : -1
  }

  @inline(__always)
  func whole(_ rank: Int32) -> Int32 { wholes[Int(rank)] }
}

/// The tokens of a word while neighbours merge: a linked list, and a heap of the pairs that can
/// merge, so that a word of n scalars takes in the order of n log n steps.
struct SymbolChain {
  private struct Symbol {
    var token: Int32
    /// In bytes; 0 when it has become part of the one before it.
    var length: Int32
    /// -1 at the ends.
    var previous: Int32
    var next: Int32
  }

  private var symbols: [Symbol] = []
  /// Smallest first: the rank in the upper half, the left symbol in the lower.
  private var heap = MinimumHeap()
  /// How often the heap was asked for its smallest: the measure of the work done.
  private(set) var steps = 0

  init(capacity: Int) { symbols.reserveCapacity(capacity) }

  mutating func append(_ token: Int32, length: Int) {
    let index = Int32(truncatingIfNeeded: symbols.count)
    if let last = symbols.indices.last { symbols[last].next = index }
    symbols.append(
      Symbol(
        token: token, length: Int32(truncatingIfNeeded: length), previous: index - 1, next: -1))
  }

  mutating func merge(_ merges: PairMerges) {
    guard symbols.count > 1 else { return }
    for left in 0..<symbols.count - 1 { push(Int32(truncatingIfNeeded: left), merges) }
    while let smallest = heap.pop() {
      steps += 1
      let rank = Int32(truncatingIfNeeded: smallest >> 32)
      let left = Int(truncatingIfNeeded: smallest & 0xFFFF_FFFF)
      let right = Int(symbols[left].next)
      // What was pushed may have changed since.
      guard symbols[left].length > 0, right >= 0,
        merges.rank(symbols[left].token, symbols[right].token) == rank
      else { continue }
      symbols[left].token = merges.whole(rank)
      symbols[left].length += symbols[right].length
      symbols[left].next = symbols[right].next
      symbols[right].length = 0
      let next = Int(symbols[left].next)
      if next >= 0 { symbols[next].previous = Int32(truncatingIfNeeded: left) }
      if symbols[left].previous >= 0 { push(symbols[left].previous, merges) }
      if next >= 0 { push(Int32(truncatingIfNeeded: left), merges) }
    }
  }

  @inline(__always)
  private mutating func push(_ left: Int32, _ merges: PairMerges) {
    let symbol = symbols[Int(left)]
    let rank = merges.rank(symbol.token, symbols[Int(symbol.next)].token)
    if rank >= 0 { heap.push(UInt64(rank) << 32 | UInt64(left)) }
  }

  func append(to list: inout TokenList) {
    var position = 0
    for symbol in symbols where symbol.length > 0 {
      let end = position + Int(symbol.length)
      list.append(symbol.token, position..<end)
      position = end
    }
  }
}

/// A binary heap.
struct MinimumHeap {
  private var values: [UInt64] = []

  mutating func push(_ value: UInt64) {
    values.append(value)
    var child = values.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard value < values[parent] else { break }
      values[child] = values[parent]
      child = parent
    }
    values[child] = value
  }

  mutating func pop() -> UInt64? {
    guard let smallest = values.first, let last = values.popLast() else { return nil }
    guard !values.isEmpty else { return smallest }
    var parent = 0
    while 2 * parent + 1 < values.count {
      var child = 2 * parent + 1
      if child + 1 < values.count, values[child + 1] < values[child] { child += 1 }
      guard values[child] < last else { break }
      values[parent] = values[child]
      parent = child
    }
    values[parent] = last
    return smallest
  }
}
