/// Where in its context a model finds the answer to a question.
public struct AnswerSpan: Hashable, Sendable {
  /// UTF-8 bytes of the context, `lower..<upper`; empty where no span can be an answer.
  public var lower: Int
  public var upper: Int
  /// The start's and the end's number added; the largest of the spans that may be an answer.
  public var score: Float
  /// The same for "there is no answer", the first token: the smallest of all windows.
  public var nullScore: Float

  public init(lower: Int, upper: Int, score: Float, nullScore: Float) {
    self.lower = lower
    self.upper = upper
    self.score = score
    self.nullScore = nullScore
  }
}

/// Chooses the answer among the windows of one question, as the SQuAD evaluation of `transformers`
/// does: pairs of the best starts and ends that lie in the context, in order and not too far apart.
struct AnswerSearch {
  /// Starts and ends that are paired.
  static let best = 20
  /// Most tokens of an answer.
  static let maximumTokens = 30

  private var span: AnswerSpan?
  private var nullScore = Float.infinity

  /// What was found; an empty span with score 0 where there is none.
  var answer: AnswerSpan {
    var answer = span ?? AnswerSpan(lower: 0, upper: 0, score: 0, nullScore: 0)
    answer.nullScore = nullScore
    return answer
  }

  /// Adds a window.
  ///
  /// - Parameters:
  ///   - scores: start and end of each token: [tokens, 2].
  ///   - offsets: each token's bytes of the context; nil for tokens that are not of the context.
  mutating func add(_ scores: UnsafeBufferPointer<Float>, offsets: [Range<Int>?]) {
    guard !offsets.isEmpty, scores.count >= 2 * offsets.count else { return }
    nullScore = min(nullScore, scores[0] + scores[1])
    let ends = Self.largest(offsets.indices, by: { scores[2 * $0 + 1] })
    for start in Self.largest(offsets.indices, by: { scores[2 * $0] }) {
      guard let first = offsets[start] else { continue }
      for end in ends where end >= start && end - start < Self.maximumTokens {
        guard let last = offsets[end] else { continue }
        let score = scores[2 * start] + scores[2 * end + 1]
        // The first of equals stays.
        guard span.map({ score > $0.score }) ?? true else { continue }
        span = AnswerSpan(
          lower: first.lowerBound, upper: max(first.lowerBound, last.upperBound), score: score,
          nullScore: 0)
      }
    }
  }

  /// The indices with the largest values, largest first; of equal ones the last first.
  private static func largest(_ indices: Range<Int>, by value: (Int) -> Float) -> [Int] {
    let ordered = indices.sorted { left, right in
      let (first, second) = (value(left), value(right))
      return first == second ? left > right : first > second
    }
    return Array(ordered.prefix(best))
  }
}
