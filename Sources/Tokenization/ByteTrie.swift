/// A vocabulary as a tree of bytes, for all tokens that begin at one place of a text.
struct ByteTrie: Sendable {
  /// The children of a node lie side by side, ascending by label.
  private var labels: [UInt8] = [0]
  private var firstChild: [Int32] = []
  private var tokens: [Int32] = []

  static let root = 0

  init(_ vocabulary: SortedVocabulary) {
    var waiting = [vocabulary.all]
    var index = 0
    // Breadth first: a node's children get the next numbers.
    while index < waiting.count {
      let candidates = waiting[index]
      index += 1
      tokens.append(vocabulary.exact(candidates) ?? -1)
      firstChild.append(Int32(truncatingIfNeeded: waiting.count))
      vocabulary.forEachNext(candidates) { label, child in
        labels.append(label)
        waiting.append(child)
      }
    }
    firstChild.append(Int32(truncatingIfNeeded: waiting.count))
  }

  /// -1 where no token goes on with `label`.
  @inline(__always)
  func child(of node: Int, _ label: UInt8) -> Int {
    var lower = Int(firstChild[node])
    let end = Int(firstChild[node + 1])
    var upper = end
    while lower < upper {
      let middle = (lower + upper) / 2
      if labels[middle] < label { lower = middle + 1 } else { upper = middle }
    }
    return lower < end && labels[lower] == label ? lower : -1
  }

  /// The token that ends at a node; -1 when there is none.
  @inline(__always)
  func token(at node: Int) -> Int32 { tokens[node] }
}
