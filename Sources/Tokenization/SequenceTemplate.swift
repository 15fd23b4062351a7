/// Where the special tokens of a single text and of a pair go, and which type each token has.
struct SequenceTemplate: Sendable {
  enum Part: Sendable {
    case special([Int32], type: Int32)
    case first(type: Int32)
    case second(type: Int32)
  }

  var single: [Part] = [.first(type: 0)]
  var pair: [Part] = [.first(type: 0), .second(type: 1)]

  /// How many tokens the template adds to a text, or to a pair.
  static func added(_ parts: [Part]) -> Int {
    parts.reduce(0) { sum, part in
      if case .special(let tokens, _) = part { sum + tokens.count } else { sum }
    }
  }

  static func fill(_ parts: [Part], first: ArraySlice<Int32>, second: ArraySlice<Int32>)
    -> (tokens: [Int32], types: [Int32])
  {
    var tokens: [Int32] = []
    var types: [Int32] = []
    for part in parts {
      let type: Int32
      switch part {
      case .special(let special, let own):
        tokens += special
        type = own
      case .first(let own):
        tokens += first
        type = own
      case .second(let own):
        tokens += second
        type = own
      }
      types += Array(repeating: type, count: tokens.count - types.count)
    }
    return (tokens, types)
  }

  /// As the other `fill`, with where tokens came from.
  static func fill(_ parts: [Part], first: Tokenizer.TracedTokens, second: Tokenizer.TracedTokens)
    -> Tokenizer.Encoding
  {
    var encoding = Tokenizer.Encoding()
    func add(_ tokens: Tokenizer.TracedTokens, _ type: Int32, _ sequence: Int8) {
      encoding.tokens += tokens.tokens
      encoding.offsets += tokens.offsets
      encoding.words += tokens.words
      encoding.types += repeatElement(type, count: tokens.tokens.count)
      encoding.sequences += repeatElement(sequence, count: tokens.tokens.count)
    }
    for part in parts {
      switch part {
      case .special(let special, let type):
        add(
          Tokenizer.TracedTokens(
            tokens: special, offsets: Array(repeating: 0..<0, count: special.count),
            words: Array(repeating: -1, count: special.count)), type, -1)
      case .first(let type): add(first, type, 0)
      case .second(let type): add(second, type, 1)
      }
    }
    return encoding
  }

  /// `longest_first` truncation: how many tokens of each text stay, `limit` together.
  static func kept(_ first: Int, _ second: Int, limit: Int) -> (first: Int, second: Int) {
    guard first + second > limit else { return (first, second) }
    let shorter = min(first, second)
    var short = shorter
    var long = shorter > limit ? shorter : max(shorter, limit - shorter)
    if short + long > limit {
      short = limit / 2
      long = limit - short
    }
    return first > second ? (long, short) : (short, long)
  }
}
