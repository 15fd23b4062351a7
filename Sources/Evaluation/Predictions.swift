/// What a model said about each item of one split: as much as the metrics and the comparison with
/// another model need, so that scores can be recomputed without the model.
public enum Predictions: Hashable, Codable, Sendable {
  /// Per query: `ranks` holds the rank (from 1) of each relevant document, in corpus order, 0 for a
  /// document that cannot be found (it is the query itself); `top` holds the corpus index of the
  /// first document.
  case retrieval(ranks: [[Int]], top: [Int])
  /// Per pair: the cosine of its two embeddings, in `-1...1` but for rounding.
  case similarity(cosines: [Float])
  /// Per sentence: one score per class, in the head's order of labels; the highest wins.
  case classification(scores: [[Float]])

  /// Per text or pair: the model's number.
  case regression(values: [Float])
  /// Per sentence: which of the model's labels each word got.
  case tokenLabels([[Int]])
  /// Per question: the best span and how sure the model is.
  case answers([Answer])
  /// Per text: what its masked tokens cost and which were guessed.
  case maskedTexts([MaskedText])

  /// A question's answer.
  public struct Answer: Hashable, Codable, Sendable {
    /// UTF-8 bytes in the context, at least 0; the span of the best answer that is not empty.
    public var lower: Int
    public var upper: Int
    /// Of that span.
    public var score: Float
    /// Of no answer.
    public var nullScore: Float
  }

  /// A text's masked tokens.
  public struct MaskedText: Hashable, Codable, Sendable {
    /// Sum of the tokens' negative log likelihoods, in nats.
    public var loss: Double
    /// One character per masked token: 1 where the model's first guess is right, else 0.
    public var hits: String
  }

  /// How many items were predicted.
  public var count: Int {
    switch self {
    case .retrieval(let ranks, _): ranks.count
    case .similarity(let cosines): cosines.count
    case .classification(let scores): scores.count
    case .regression(let values): values.count
    case .tokenLabels(let labels): labels.count
    case .answers(let answers): answers.count
    case .maskedTexts(let texts): texts.count
    }
  }
}
