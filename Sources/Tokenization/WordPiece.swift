/// Greedy longest match from the left (Devlin et al., 2018): a word is its longest known beginning,
/// then the longest known continuation, and so on; a word that cannot be covered, or is too long, is
/// the unknown token.
struct WordPiece: TokenModel {
  private let sorted: SortedVocabulary
  private let unknown: Int32
  /// In Unicode scalars.
  private let maximumWordLength: Int
  /// By first byte: the tokens that can begin a word, and those that can continue one.
  private let beginnings: [SortedVocabulary.Candidates]
  private let continuations: [SortedVocabulary.Candidates]

  init(
    vocabulary: SortedVocabulary, unknown: Int32, continuingPrefix: String, maximumWordLength: Int
  ) {
    sorted = vocabulary
    self.unknown = unknown
    self.maximumWordLength = maximumWordLength
    let inner = continuingPrefix.utf8.reduce(vocabulary.all) { vocabulary.narrowed($0, by: $1) }
    beginnings = (0...255).map { vocabulary.narrowed(vocabulary.all, by: $0) }
    continuations = (0...255).map { vocabulary.narrowed(inner, by: $0) }
  }

  func token(_ text: String) -> Int32? { sorted.id(of: text.utf8) }

  var count: Int { sorted.count }

  var vocabulary: [(text: [UInt8], id: Int32)] { sorted.tokens }

  func append(_ word: Span<UInt8>, to list: inout TokenList) {
    var length = 0
    for index in word.indices where word[index] & 0xC0 != 0x80 { length += 1 }
    guard length <= maximumWordLength else {
      list.append(unknown, 0..<word.count)
      return
    }
    let before = list.count
    var start = 0
    while start < word.count {
      guard let (token, end) = longestMatch(in: word, from: start) else {
        list.truncate(to: before)
        list.append(unknown, 0..<word.count)
        return
      }
      list.append(token, start..<end)
      start = end
    }
  }

  @inline(__always)
  private func longestMatch(in word: Span<UInt8>, from start: Int) -> (token: Int32, end: Int)? {
    var candidates = (start == 0 ? beginnings : continuations)[Int(word[start])]
    var end = start + 1
    var best: (token: Int32, end: Int)?
    while !candidates.range.isEmpty {
      if let token = sorted.exact(candidates) { best = (token, end) }
      guard end < word.count else { break }
      candidates = sorted.narrowed(candidates, by: word[end])
      end += 1
    }
    return best
  }
}
