/// Tokens with types, offsets and words.
extension Tokenizer {
  /// The tokens of one text with its special tokens, cut at the end, and where they came from.
  ///
  /// - Parameter maximumLength: tokens, special ones included; these stay even when there is room
  ///   for nothing else.
  public func encoding(_ text: String, maximumLength: Int) -> Encoding {
    let bytes = Array(text.utf8)
    return single(maximumLength) {
      tracedTokens(of: bytes, limit: $0)
    } source: { _ in
      bytes
    }
  }

  /// As the other `encoding`s, of a text that has been cut into words (`is_split_into_words`).
  /// Offsets count in the token's own word; a word's index is its place in `words`.
  public func encoding(words: [String], maximumLength: Int) -> Encoding {
    let texts = words.map { Array($0.utf8) }
    return single(maximumLength) { limit in
      var traced = TracedTokens()
      for (index, text) in texts.enumerated() {
        guard traced.tokens.count < limit else { break }
        append(text, word: Int32(truncatingIfNeeded: index), limit: limit, to: &traced)
      }
      return traced
    } source: {
      texts[Int($0)]
    }
  }

  private func single(
    _ maximumLength: Int, _ tokens: (Int) -> TracedTokens, source: (Int32) -> [UInt8]
  ) -> Encoding {
    let parts = processing.template.single
    let limit = max(0, maximumLength - SequenceTemplate.added(parts))
    let kept = trimmed(tokens(limit).prefix(limit), source: source)
    return SequenceTemplate.fill(parts, first: kept, second: TracedTokens())
  }

  /// The tokens of a pair of texts with its special tokens, cut as `encode` cuts them
  /// (`longest_first`), and where they came from: offsets and words count in each text by itself.
  ///
  /// - Parameter maximumLength: tokens, special ones included; these stay even when there is room
  ///   for nothing else.
  public func encoding(_ first: String, _ second: String, maximumLength: Int) -> Encoding {
    let parts = processing.template.pair
    let limit = max(0, maximumLength - SequenceTemplate.added(parts))
    let texts = [Array(first.utf8), Array(second.utf8)]
    let traced = texts.map { tracedTokens(of: $0, limit: .max) }
    let kept = SequenceTemplate.kept(traced[0].tokens.count, traced[1].tokens.count, limit: limit)
    return SequenceTemplate.fill(
      parts, first: trimmed(traced[0].prefix(kept.first)) { _ in texts[0] },
      second: trimmed(traced[1].prefix(kept.second)) { _ in texts[1] })
  }

  /// A pair of texts of which only the second is cut (`only_second`), into as many windows as it
  /// takes, the first text in each of them: what Hugging Face gives with
  /// `return_overflowing_tokens`, in the same order. One window when both fit.
  ///
  /// - Parameters:
  ///   - maximumLength: tokens of one window, special ones included.
  ///   - stride: how many tokens of the second text neighbouring windows share, from 0.
  /// - Throws: `WindowError` when the first text leaves no more room than `stride`, or the windows
  ///   would have more than 2²⁶ tokens together.
  public func windows(_ first: String, _ second: String, maximumLength: Int, stride: Int) throws
    -> [Encoding]
  {
    let parts = processing.template.pair
    let texts = [Array(first.utf8), Array(second.utf8)]
    let fixed = tracedTokens(of: texts[0], limit: .max)
    let cut = tracedTokens(of: texts[1], limit: .max)
    let trimmedFixed = trimmed(fixed) { _ in texts[0] }
    let limit = maximumLength - SequenceTemplate.added(parts)
    let ranges = try Windows.ranges(
      fixed: fixed.tokens.count, cut: cut.tokens.count, limit: limit, stride: stride,
      maximumLength: maximumLength)
    return ranges.map { range in
      SequenceTemplate.fill(
        parts, first: trimmedFixed, second: trimmed(cut[range]) { _ in texts[1] })
    }
  }

  private func trimmed(_ tokens: TracedTokens, source: (Int32) -> [UInt8]) -> TracedTokens {
    var tokens = tokens
    for trimming in processing.trimmings {
      let words = tokens.words
      trimming.apply(to: &tokens) { source(words[$0]) }
    }
    return tokens
  }

  /// The tokens of `text`; at least the first `limit` of them.
  private func tracedTokens(of text: [UInt8], limit: Int) -> TracedTokens {
    var traced = TracedTokens()
    append(text, word: nil, limit: limit, to: &traced)
    return traced
  }

  /// - Parameter word: the index that all tokens get; nil to count words.
  private func append(
    _ text: [UInt8], word: Int32?, limit: Int, to traced: inout TracedTokens
  ) {
    var count: Int32 = 0
    func add(_ token: Int32, _ offsets: Range<Int>, _ spaces: @autoclosure () -> EdgeSpaces) {
      traced.tokens.append(token)
      traced.offsets.append(offsets)
      traced.words.append(word ?? count)
      if !processing.trimmings.isEmpty { traced.edges.append(spaces()) }
    }
    func spaces(in bytes: ArraySlice<UInt8>) -> EdgeSpaces {
      EdgeSpaces(of: String(decoding: bytes, as: UTF8.self).unicodeScalars)
    }
    for piece in addedTokens.pieces(of: text.span) where traced.tokens.count < limit {
      if let token = piece.token {
        add(token, piece.range, spaces(in: text[piece.range]))
        count += 1
        continue
      }
      let cut = cut(AlignedText(text.span, range: piece.range, isTracked: true))
      for part in cut.pieces where traced.tokens.count < limit {
        if let token = part.token {
          add(
            token, cut.text.original(of: part.range) ?? part.range,
            spaces(in: cut.text.bytes[part.range]))
        } else {
          var list = TokenList(isTracked: true)
          model.append(cut.text.bytes.span.extracting(part.range), to: &list)
          for (token, range) in zip(list.tokens, list.ranges) {
            let lower = part.range.lowerBound + range.lowerBound
            let upper = part.range.lowerBound + range.upperBound
            let isInside = upper <= part.range.upperBound
            add(
              token, (isInside ? cut.text.original(of: lower..<upper) : nil) ?? range,
              edges[token] ?? .none)
          }
        }
        count += 1
      }
    }
  }
}

/// Why a text cannot be cut into windows.
public struct WindowError: Error, Hashable, Sendable, CustomStringConvertible {
  public var problem: String
  public var remedy: String

  public var description: String { "\(problem); \(remedy)" }
}

/// Where the windows of a text lie.
enum Windows {
  /// Of all windows of one text together.
  private static let maximumTokens = 1 << 26

  static func ranges(fixed: Int, cut: Int, limit: Int, stride: Int, maximumLength: Int) throws
    -> [Range<Int>]
  {
    let room = limit - fixed
    guard cut > room else { return [0..<cut] }
    guard stride >= 0, room > stride else {
      throw WindowError(
        problem: "windows of \(maximumLength) tokens leave room for \(max(0, room)) tokens of the "
          + "second text beside \(fixed) of the first, and neighbours share \(stride)",
        remedy: "shorten the first text, widen the windows or lower the stride")
    }
    let step = room - stride
    let count = 1 + (cut - room + step - 1) / step
    guard count.multipliedReportingOverflow(by: max(1, maximumLength)).partialValue <= maximumTokens
    else {
      throw WindowError(
        problem: "\(cut) tokens would become \(count) windows of \(maximumLength)",
        remedy: "shorten the text or lower the stride")
    }
    return (0..<count).map { $0 * step..<min(cut, $0 * step + room) }
  }
}
