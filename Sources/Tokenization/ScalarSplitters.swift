/// One pre-tokeniser after the other.
struct PreTokenizerSequence: PreTokenizer {
  var preTokenizers: [any PreTokenizer]

  var needsOrigin: Bool { preTokenizers.contains(where: \.needsOrigin) }

  func cut(_ text: inout CutText) {
    for preTokenizer in preTokenizers { preTokenizer.cut(&text) }
  }
}

/// Cuts at white space.
struct WhitespaceSplitter: PreTokenizer {
  func cut(_ text: inout CutText) {
    let classes = ScalarClasses.shared
    text.cut(.removed) { classes[$0].contains(.separator) }
  }
}

/// Cuts at a scalar, which vanishes.
struct DelimiterSplitter: PreTokenizer {
  var delimiter: UInt32

  func cut(_ text: inout CutText) { text.cut(.removed) { $0 == delimiter } }
}

/// Cuts at punctuation.
struct PunctuationSplitter: PreTokenizer {
  var behavior = CutText.Behavior.isolated

  func cut(_ text: inout CutText) {
    let classes = ScalarClasses.shared
    text.cut(behavior) { classes[$0].contains(.punctuation) }
  }
}

/// Cuts numbers off; each digit by itself where `isIndividual`.
struct DigitSplitter: PreTokenizer {
  var isIndividual = false

  func cut(_ text: inout CutText) {
    let classes = ScalarClasses.shared
    text.cut(isIndividual ? .isolated : .contiguous) { classes[$0].contains(.numeric) }
  }
}

/// Runs of word scalars, and runs of what is neither that nor white space: `\w+|[^\w\s]+`.
struct WordSplitter: PreTokenizer {
  func cut(_ text: inout CutText) {
    let classes = ScalarClasses.shared
    let bytes = text.text.bytes
    text.cut(.removed, inverted: true) { range, matches in
      let span = bytes.span
      var previous: ScalarClasses.Flags?
      var position = range.lowerBound
      while position < range.upperBound {
        let (scalar, next) = UTF8Scalars.scalar(in: span, at: position)
        let kind = classes[scalar].intersection([.word, .separator])
        if kind.contains(.word) || kind.isEmpty {
          if previous == kind.intersection(.word), let last = matches.last {
            matches[matches.count - 1] = last.lowerBound..<next
          } else {
            matches.append(position..<next)
          }
          previous = kind.intersection(.word)
        } else {
          previous = nil
        }
        position = next
      }
    }
  }
}

/// Cuts at the matches of a pattern.
struct PatternSplitter: PreTokenizer {
  var pattern: TextPattern
  var behavior: CutText.Behavior
  /// Cuts at what is between the matches.
  var isInverted = false

  func cut(_ text: inout CutText) {
    let bytes = text.text.bytes
    text.cut(behavior, inverted: isInverted) { range, matches in
      pattern.matches(in: bytes.span, range, &matches)
    }
  }
}
