/// sentencepiece's words: spaces become `replacement`, with which each word then begins.
struct Metaspace: PreTokenizer {
  /// Which stretches get a `replacement` in front that do not begin with one.
  enum PrependScheme: String, CaseIterable, Sendable {
    case always
    case never
    /// The one with which the text begins.
    case first
  }

  var replacement: UInt32 = 0x2581
  var prependScheme = PrependScheme.always
  var splits = true

  var needsOrigin: Bool { prependScheme == .first }

  func cut(_ text: inout CutText) {
    var spelling: [UInt8] = []
    UTF8Scalars.append(replacement, to: &spelling)
    let source = text.text
    text.rewrite { output, range in
      if !range.isEmpty, prepends(to: source, range, spelling) { output.insert(spelling) }
      var start = range.lowerBound
      for index in range where source.bytes[index] == 32 {
        if start < index { output.copy(upTo: index) }
        output.replace(upTo: index + 1, with: spelling)
        start = index + 1
      }
      output.copy(upTo: range.upperBound)
    }
    if splits { text.cut(.mergedWithNext) { $0 == replacement } }
  }

  private func prepends(to source: AlignedText, _ range: Range<Int>, _ spelling: [UInt8]) -> Bool {
    let isMarked =
      source.bytes[range.lowerBound] == 32 || source.bytes[range].starts(with: spelling)
    switch prependScheme {
    case .never: return false
    case .always: return !isMarked
    case .first: return !isMarked && source.original(of: range)?.lowerBound == 0
    }
  }
}
