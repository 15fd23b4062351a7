/// Answers as SQuAD's official evaluation compares them: in lower case, without ASCII punctuation,
/// without the words a, an and the, split at white space.
struct AnswerText: Hashable {
  /// Bytes of the words, so that what Unicode calls equivalent stays different, as in Python.
  let words: [[UInt8]]

  init(_ text: String) {
    var words: [[UInt8]] = []
    // The white-space separated part so far, and the run of letters and digits at its end.
    var part: [UInt8] = []
    var run: [UInt8] = []
    func endRun() {
      if Self.articles.contains(run) {
        // An article becomes a space.
        endPart()
      } else {
        part += run
      }
      run = []
    }
    func endPart() {
      if !part.isEmpty { words.append(part) }
      part = []
    }
    for scalar in Self.lowercased(text) where !Self.isPunctuation(scalar) {
      if Self.isWordCharacter(scalar) {
        run += scalar.utf8
        continue
      }
      endRun()
      if Self.isSpace(scalar) { endPart() } else { part += scalar.utf8 }
    }
    endRun()
    endPart()
    self.words = words
  }

  private static let articles: Set<[UInt8]> = [
    Array("a".utf8), Array("an".utf8), Array("the".utf8),
  ]

  /// Python's `string.punctuation`.
  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }

  /// What Python's `str.split` splits at.
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    (0x1C...0x1F).contains(scalar.value) || scalar.properties.isWhitespace
  }

  /// What Python's `\w` matches.
  private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      let byte = scalar.value | 0x20
      return (0x61...0x7A).contains(byte) || (0x30...0x39).contains(scalar.value)
        || scalar == "_"
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return true
    default: return scalar.properties.numericType != nil
    }
  }

  /// Python's `str.lower`: as Unicode maps each character, and a Σ at a word's end becomes ς.
  private static func lowercased(_ text: String) -> [Unicode.Scalar] {
    let scalars = Array(text.unicodeScalars)
    var lowercased: [Unicode.Scalar] = []
    lowercased.reserveCapacity(scalars.count)
    for (index, scalar) in scalars.enumerated() {
      if scalar.isASCII {
        let isUpper = (0x41...0x5A).contains(scalar.value)
        lowercased.append(isUpper ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
      } else if scalar == "\u{3A3}" {
        func isCased(_ neighbours: some Sequence<Unicode.Scalar>) -> Bool {
          neighbours.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
        }
        let isFinal = isCased(scalars[..<index].reversed()) && !isCased(scalars[(index + 1)...])
        lowercased.append(isFinal ? "\u{3C2}" : "\u{3C3}")
      } else {
        lowercased += scalar.properties.lowercaseMapping.unicodeScalars
      }
    }
    return lowercased
  }

  /// F1 of the words two answers share.
  /// - Parameter emptyCounts: two empty answers agree fully (version 2), or not at all (version 1).
  func f1(_ other: AnswerText, emptyCounts: Bool) -> Double {
    if emptyCounts, words.isEmpty || other.words.isEmpty { return words == other.words ? 1 : 0 }
    var counts: [[UInt8]: Int] = [:]
    for word in other.words { counts[word, default: 0] += 1 }
    var shared = 0
    for word in words {
      guard let count = counts[word], count > 0 else { continue }
      counts[word] = count - 1
      shared += 1
    }
    guard shared > 0 else { return 0 }
    let precision = Double(shared) / Double(words.count)
    let recall = Double(shared) / Double(other.words.count)
    return 2 * precision * recall / (precision + recall)
  }
}

extension Unicode.Scalar {
  fileprivate var utf8: Unicode.UTF8.EncodedScalar {
    Unicode.UTF8.encode(self) ?? Unicode.UTF8.encodedReplacementCharacter
  }
}
