import Synchronization

/// The tokens of words seen before. It holds a fixed number of short words; one that falls on the
/// place of another takes it. Results do not depend on what it holds.
final class WordCache: Sendable {
  /// Longer words are not kept.
  private static let maximumLength = 64
  private static let places = 1 << 14

  private struct Entry {
    var word: [UInt8]
    var tokens: [Int32]
    var ranges: [Range<Int>]
  }

  private let entries = Mutex<[Entry?]>(Array(repeating: nil, count: places))

  /// Appends the word's tokens, which `tokenize` finds where they are not known.
  @inline(__always)
  func append(
    _ word: Span<UInt8>, to list: inout TokenList,
    _ tokenize: (Span<UInt8>, inout TokenList) -> Void
  ) {
    guard word.count <= Self.maximumLength else {
      tokenize(word, &list)
      return
    }
    let place = Self.place(of: word)
    if let entry = entries.withLock({ $0[place] }), Self.isEqual(entry.word, word) {
      list.append(entry.tokens, entry.ranges)
      return
    }
    var own = TokenList(isTracked: true)
    tokenize(word, &own)
    list.append(own.tokens, own.ranges)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(word.count)
    for index in word.indices { bytes.append(word[index]) }
    let entry = Entry(word: bytes, tokens: own.tokens, ranges: own.ranges)
    entries.withLock { $0[place] = entry }
  }

  /// FNV-1a, its halves folded.
  private static func place(of word: Span<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in word.indices { hash = (hash ^ UInt64(word[index])) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: (hash ^ hash >> 32) & UInt64(places - 1))
  }

  private static func isEqual(_ bytes: [UInt8], _ word: Span<UInt8>) -> Bool {
    guard bytes.count == word.count else { return false }
    for index in word.indices where bytes[index] != word[index] { return false }
    return true
  }
}
