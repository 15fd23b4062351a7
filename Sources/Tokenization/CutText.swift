/// A stretch of a text: one added token, or text still to be turned into tokens.
struct TextPiece: Equatable, Sendable {
  /// In bytes.
  var range: Range<Int>
  /// Set when the stretch is an added token.
  var token: Int32?
}

/// A text and the pieces it is cut into, ascending; what no piece covers has been removed.
struct CutText {
  var text: AlignedText
  var pieces: [TextPiece]

  /// What happens to the matches of a pattern where a text is cut.
  enum Behavior: String, CaseIterable, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
  }

  /// Part of a piece: a match of the pattern or what is between two matches.
  private struct Segment {
    var range: Range<Int>
    var isMatch: Bool
  }

  /// Cuts each piece that is no token.
  ///
  /// - Parameters:
  ///   - inverted: what is between the matches counts as the matches.
  ///   - matches: appends to its second argument the matches in the piece, ascending and apart.
  mutating func cut(
    _ behavior: Behavior, inverted: Bool = false,
    matches: (Range<Int>, inout [Range<Int>]) -> Void
  ) {
    var result: [TextPiece] = []
    result.reserveCapacity(pieces.count)
    var found: [Range<Int>] = []
    var segments: [Segment] = []
    for piece in pieces {
      if piece.token != nil {
        result.append(piece)
        continue
      }
      found.removeAll(keepingCapacity: true)
      segments.removeAll(keepingCapacity: true)
      matches(piece.range, &found)
      var start = piece.range.lowerBound
      for match in found {
        if start < match.lowerBound {
          segments.append(Segment(range: start..<match.lowerBound, isMatch: inverted))
        }
        segments.append(Segment(range: match, isMatch: !inverted))
        start = match.upperBound
      }
      if start < piece.range.upperBound {
        segments.append(Segment(range: start..<piece.range.upperBound, isMatch: inverted))
      }
      Self.append(segments, behavior, to: &result)
    }
    pieces = result
  }

  /// Cuts each piece that is no token at the scalars that satisfy `isMatch`.
  mutating func cut(_ behavior: Behavior, where isMatch: (UInt32) -> Bool) {
    let bytes = text.bytes
    cut(behavior) { range, matches in
      let span = bytes.span
      var position = range.lowerBound
      while position < range.upperBound {
        let (scalar, next) = UTF8Scalars.scalar(in: span, at: position)
        if isMatch(scalar) { matches.append(position..<next) }
        position = next
      }
    }
  }

  private static func append(
    _ segments: [Segment], _ behavior: Behavior, to result: inout [TextPiece]
  ) {
    for (index, segment) in segments.enumerated() {
      /// Whether the segment goes on with the piece before it.
      let joins: Bool
      let before = index > 0 ? segments[index - 1].isMatch : nil
      switch behavior {
      case .removed:
        if segment.isMatch { continue }
        joins = false
      case .isolated: joins = false
      case .contiguous: joins = before == segment.isMatch
      case .mergedWithPrevious: joins = segment.isMatch && before == false
      case .mergedWithNext: joins = !segment.isMatch && before == true
      }
      if joins, let last = result.indices.last {
        result[last].range = result[last].range.lowerBound..<segment.range.upperBound
      } else {
        result.append(TextPiece(range: segment.range))
      }
    }
  }

  /// Writes each piece that is no token anew.
  mutating func rewrite(_ write: (inout AlignedText.Rewriter, Range<Int>) -> Void) {
    var rewriter = AlignedText.Rewriter(text)
    for index in pieces.indices {
      let range = pieces[index].range
      rewriter.drop(upTo: range.lowerBound)
      let start = rewriter.count
      if pieces[index].token == nil {
        write(&rewriter, range)
      } else {
        rewriter.copy(upTo: range.upperBound)
      }
      pieces[index].range = start..<rewriter.count
    }
    text = rewriter.result
  }
}
