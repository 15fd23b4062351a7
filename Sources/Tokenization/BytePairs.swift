/// Byte-pair encoding (Sennrich et al., 2016): a word begins as its scalars; then, again and again,
/// the two neighbours whose pair comes first in the list of merges become one token.
struct BytePairs: TokenModel {
  struct Options: Sendable {
    /// For scalars that are no token; without one they vanish.
    var unknown: Int32?
    /// Neighbouring unknown scalars become one token.
    var fusesUnknown = false
    /// Unknown scalars become `<0x00>` … `<0xFF>`, where the vocabulary has all that it takes.
    var fallsBackToBytes = false
    /// A word that is a token is that token, whatever the merges say.
    var ignoresMerges = false
    /// Before scalars that do not begin a word, and after the last one.
    var continuingPrefix: [UInt8] = []
    var wordSuffix: [UInt8] = []
  }

  private let sorted: SortedVocabulary
  private let merges: PairMerges
  private let options: Options
  /// The tokens of the first scalars, to which byte-level texts keep; -1 for none.
  private let symbols: [Int32]
  /// Of `<0x00>` … `<0xFF>`.
  private let byteTokens: [Int32?]
  private let cache = WordCache()

  init(vocabulary: SortedVocabulary, merges: PairMerges, options: Options) {
    sorted = vocabulary
    self.merges = merges
    self.options = options
    symbols = (UInt32(0)..<0x180).map { code in
      var bytes: [UInt8] = []
      UTF8Scalars.append(code, to: &bytes)
      return vocabulary.id(of: bytes) ?? -1
    }
    byteTokens = ByteFallback.tokens(in: vocabulary)
  }

  func token(_ text: String) -> Int32? { sorted.id(of: text.utf8) }

  var count: Int { sorted.count }

  var vocabulary: [(text: [UInt8], id: Int32)] { sorted.tokens }

  func append(_ word: Span<UInt8>, to list: inout TokenList) {
    cache.append(word, to: &list) { word, list in tokenize(word, &list) }
  }

  private func tokenize(_ word: Span<UInt8>, _ list: inout TokenList) {
    if options.ignoresMerges {
      let all = word.indices.reduce(sorted.all) { sorted.narrowed($0, by: word[$1]) }
      if let token = sorted.exact(all) {
        list.append(token, 0..<word.count)
        return
      }
    }
    var symbols = SymbolChain(capacity: word.count)
    split(word, into: &symbols)
    symbols.merge(merges)
    symbols.append(to: &list)
  }

  private func split(_ word: Span<UInt8>, into chain: inout SymbolChain) {
    /// Bytes of unknown scalars that have not been added yet.
    var unknownLength = 0
    var position = 0
    while position < word.count {
      let (scalar, next) = UTF8Scalars.scalar(in: word, at: position)
      let length = next - position
      if let token = symbol(scalar, isFirst: position == 0, isLast: next == word.count) {
        if unknownLength > 0, let unknown = options.unknown {
          chain.append(unknown, length: unknownLength)
          unknownLength = 0
        }
        chain.append(token, length: length)
      } else if let tokens = fallback(scalar, isFirst: position == 0, isLast: next == word.count) {
        for token in tokens { chain.append(token, length: 1) }
      } else if let unknown = options.unknown {
        if unknownLength > 0, !options.fusesUnknown {
          chain.append(unknown, length: unknownLength)
          unknownLength = 0
        }
        unknownLength += length
      }
      position = next
    }
    if unknownLength > 0, let unknown = options.unknown {
      chain.append(unknown, length: unknownLength)
    }
  }

  @inline(__always)
  private func symbol(_ scalar: UInt32, isFirst: Bool, isLast: Bool) -> Int32? {
    let isPlain =
      (isFirst || options.continuingPrefix.isEmpty) && (!isLast || options.wordSuffix.isEmpty)
    if isPlain, scalar < 0x180 {
      let token = symbols[Int(scalar)]
      return token < 0 ? nil : token
    }
    return sorted.id(of: spelling(scalar, isFirst: isFirst, isLast: isLast))
  }

  private func spelling(_ scalar: UInt32, isFirst: Bool, isLast: Bool) -> [UInt8] {
    var bytes = isFirst ? [] : options.continuingPrefix
    UTF8Scalars.append(scalar, to: &bytes)
    return isLast ? bytes + options.wordSuffix : bytes
  }

  private func fallback(_ scalar: UInt32, isFirst: Bool, isLast: Bool) -> [Int32]? {
    guard options.fallsBackToBytes else { return nil }
    return ByteFallback.tokens(
      of: spelling(scalar, isFirst: isFirst, isLast: isLast), byteTokens)
  }
}

/// Tokens for single bytes.
enum ByteFallback {
  /// The tokens `<0x00>` … `<0xFF>`, where the vocabulary has them.
  static func tokens(in vocabulary: SortedVocabulary) -> [Int32?] {
    (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return vocabulary.id(of: "<0x\(byte < 16 ? "0" : "")\(digits)>".utf8)
    }
  }

  /// nil where one of them is missing.
  static func tokens(of bytes: some Sequence<UInt8>, _ tokens: [Int32?]) -> [Int32]? {
    var result: [Int32] = []
    for byte in bytes {
      guard let token = tokens[Int(byte)] else { return nil }
      result.append(token)
    }
    return result
  }
}
