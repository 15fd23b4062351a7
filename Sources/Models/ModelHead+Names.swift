extension ModelHead {
  /// The labels of the numbers that this head gives; nil where it has none.
  public var labels: [String]? {
    switch self {
    case .sequenceClassification(let labels), .tokenClassification(let labels): labels
    case .none, .regression, .questionAnswering, .maskedLanguageModel: nil
    }
  }

  /// For people.
  public var name: String {
    switch self {
    case .none: "an encoder without a head"
    case .sequenceClassification(let labels): "sequence classification (\(labels.count) labels)"
    case .regression: "regression"
    case .tokenClassification(let labels): "token classification (\(labels.count) labels)"
    case .questionAnswering: "question answering"
    case .maskedLanguageModel: "masked language modelling"
    }
  }
}
