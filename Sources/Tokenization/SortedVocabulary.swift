/// Tokens in byte order, searched by narrowing a range one byte at a time: linear in the match's
/// length, with no hashing that chosen tokens could defeat.
struct SortedVocabulary: Sendable {
  /// The tokens one after the other, and where each begins (one more offset than tokens).
  private let bytes: [UInt8]
  private let offsets: [Int]
  private let ids: [Int32]

  /// Tokens that share their first `depth` bytes.
  struct Candidates: Sendable {
    var range: Range<Int>
    var depth: Int
  }

  /// Of several tokens with the same bytes the last one counts.
  init(_ tokens: [(text: String, id: Int32)]) {
    self.init(bytes: tokens.map { (bytes: Array($0.text.utf8), id: $0.id) })
  }

  init(bytes tokens: [(bytes: [UInt8], id: Int32)]) {
    let sorted = tokens.enumerated().map { ($1.bytes, $0, $1.id) }.sorted {
      $0.0 == $1.0 ? $0.1 < $1.1 : $0.0.lexicographicallyPrecedes($1.0)
    }
    var bytes: [UInt8] = []
    var offsets = [0]
    var ids: [Int32] = []
    for (index, (text, _, id)) in sorted.enumerated() {
      if index + 1 < sorted.count, sorted[index + 1].0 == text { continue }
      bytes += text
      offsets.append(bytes.count)
      ids.append(id)
    }
    self.bytes = bytes
    self.offsets = offsets
    self.ids = ids
  }

  var count: Int { ids.count }

  /// In byte order.
  var tokens: [(text: [UInt8], id: Int32)] {
    ids.indices.map { (Array(bytes[offsets[$0]..<offsets[$0 + 1]]), ids[$0]) }
  }

  var all: Candidates { Candidates(range: 0..<count, depth: 0) }

  /// Those of `candidates` whose next byte is `byte`.
  @inline(__always)
  func narrowed(_ candidates: Candidates, by byte: UInt8) -> Candidates {
    let lower = firstIndex(in: candidates) { $0 >= byte }
    let rest = Candidates(
      range: lower..<candidates.range.upperBound, depth: candidates.depth)
    let upper = firstIndex(in: rest) { $0 > byte }
    return Candidates(range: lower..<upper, depth: candidates.depth + 1)
  }

  /// The first candidate whose next byte satisfies `isPast`, which must be monotone; a candidate
  /// that ends here comes first and never does.
  @inline(__always)
  private func firstIndex(in candidates: Candidates, _ isPast: (UInt8) -> Bool) -> Int {
    var lower = candidates.range.lowerBound
    var upper = candidates.range.upperBound
    while lower < upper {
      let middle = (lower + upper) / 2
      let position = offsets[middle] + candidates.depth
      if position < offsets[middle + 1], isPast(bytes[position]) {
        upper = middle
      } else {
        lower = middle + 1
      }
    }
    return lower
  }

  /// Calls `body` with each byte that goes on from `candidates`, ascending, and with what then
  /// remains of them.
  func forEachNext(_ candidates: Candidates, _ body: (UInt8, Candidates) -> Void) {
    var index = candidates.range.lowerBound
    while index < candidates.range.upperBound {
      let position = offsets[index] + candidates.depth
      let start = index
      index += 1
      guard position < offsets[start + 1] else { continue }
      let label = bytes[position]
      while index < candidates.range.upperBound,
        bytes[offsets[index] + candidates.depth] == label
      {
        index += 1
      }
      body(label, Candidates(range: start..<index, depth: candidates.depth + 1))
    }
  }

  /// The token that is exactly the bytes which led to `candidates`.
  @inline(__always)
  func exact(_ candidates: Candidates) -> Int32? {
    let first = candidates.range.lowerBound
    guard first < candidates.range.upperBound,
      offsets[first + 1] - offsets[first] == candidates.depth
    else { return nil }
    return ids[first]
  }

  /// The id of `text`.
  func id(of text: some Sequence<UInt8>) -> Int32? {
    exact(text.reduce(all) { narrowed($0, by: $1) })
  }
}
