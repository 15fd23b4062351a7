/// A unigram language model (Kudo, 2018): a word is the sequence of tokens with the largest sum of
/// scores, found from left to right; of equal ones the one whose tokens begin earlier.
struct Unigram: TokenModel {
  private let sorted: SortedVocabulary
  private let trie: ByteTrie
  /// By id.
  private let scores: [Double]
  private let unknown: Int32
  private let unknownScore: Double
  /// Of `<0x00>` … `<0xFF>`, which stand for unknown text where there are all; nil for `unknown`.
  private let byteTokens: [Int32?]?
  private let cache = WordCache()

  /// - Parameters:
  ///   - scores: finite; a token's id is its place here.
  ///   - unknown: the id of the token for what is none.
  init(
    vocabulary: SortedVocabulary, scores: [Double], unknown: Int32, fallsBackToBytes: Bool
  ) {
    sorted = vocabulary
    trie = ByteTrie(vocabulary)
    self.scores = scores
    self.unknown = unknown
    unknownScore = (scores.min() ?? 0) - 10
    byteTokens = fallsBackToBytes ? ByteFallback.tokens(in: vocabulary) : nil
  }

  func token(_ text: String) -> Int32? { sorted.id(of: text.utf8) }

  var count: Int { sorted.count }

  var vocabulary: [(text: [UInt8], id: Int32)] { sorted.tokens }

  func append(_ word: Span<UInt8>, to list: inout TokenList) {
    cache.append(word, to: &list) { word, list in tokenize(word, &list) }
  }

  /// The best way to a place in the word.
  private struct Step {
    var score = 0.0
    /// -1 where no token ends.
    var start = -1
    var token: Int32 = 0
  }

  private func tokenize(_ word: Span<UInt8>, _ list: inout TokenList) {
    var steps = [Step](repeating: Step(), count: word.count + 1)
    var start = 0
    while start < word.count {
      let next = UTF8Scalars.scalar(in: word, at: start).next
      let score = steps[start].score
      func take(_ token: Int32, _ end: Int, _ own: Double) {
        let sum = own + score
        if steps[end].start < 0 || sum > steps[end].score {
          steps[end] = Step(score: sum, start: start, token: token)
        }
      }
      var isKnown = false
      var node = ByteTrie.root
      var end = start
      while end < word.count {
        node = trie.child(of: node, word[end])
        guard node >= 0 else { break }
        end += 1
        let token = trie.token(at: node)
        guard token >= 0 else { continue }
        take(token, end, scores[Int(token)])
        if end == next { isKnown = true }
      }
      if !isKnown { take(unknown, next, unknownScore) }
      start = next
    }
    var path: [Range<Int>] = []
    var end = word.count
    while end > 0 {
      let step = steps[end]
      // Neighbouring unknown tokens are one.
      if step.token == unknown, let last = path.last, last.lowerBound == end,
        steps[last.upperBound].token == unknown
      {
        path[path.count - 1] = step.start..<last.upperBound
      } else {
        path.append(step.start..<end)
      }
      end = step.start
    }
    for range in path.reversed() {
      append(range, of: word, steps[range.upperBound].token, to: &list)
    }
  }

  private func append(
    _ range: Range<Int>, of word: Span<UInt8>, _ token: Int32, to list: inout TokenList
  ) {
    guard token == unknown else {
      list.append(token, range)
      return
    }
    let text = range.map { word[$0] }
    if let token = sorted.id(of: text) {
      list.append(token, range)
    } else if let tokens = byteTokens.flatMap({ ByteFallback.tokens(of: text, $0) }) {
      for token in tokens { list.append(token, range) }
    } else {
      list.append(unknown, range)
    }
  }
}
