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

  /// How many items were predicted.
  public var count: Int {
    switch self {
    case .retrieval(let ranks, _): ranks.count
    case .similarity(let cosines): cosines.count
    case .classification(let scores): scores.count
    }
  }
}
