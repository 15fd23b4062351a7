/// What follows the encoder of a model.
public enum ModelHead: Hashable, Sendable {
  /// The hidden states themselves, from which sentence embeddings are made.
  case none
  /// One number per label and sequence; `labels` in the order of the numbers, at least one.
  case sequenceClassification(labels: [String])
  /// One number per sequence.
  case regression
  /// One number per label and token; `labels` in the order of the numbers, at least one.
  case tokenClassification(labels: [String])
  /// Two numbers per token: how well an answer starts and ends there.
  case questionAnswering
  /// One number per token and word of the vocabulary.
  case maskedLanguageModel
}
