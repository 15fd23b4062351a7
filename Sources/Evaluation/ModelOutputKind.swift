/// What a data set needs to hear from the model of each input: the shape of an output row.
public enum ModelOutputKind: String, Codable, CaseIterable, Sendable {
  /// The sentence embedding.
  case embedding
  /// One number per label; of a regression one number.
  case logits
  /// One number per label for each word, word by word; words that were cut off are missing at the
  /// end.
  case wordLogits
  /// Four numbers: the answer's first byte and the byte after its last (UTF-8, in the context), its
  /// score, and the score of no answer.
  case answer
  /// Two numbers per masked token: its negative log likelihood in nats, and 1 when the model holds it
  /// for the most likely, else 0.
  case maskedTokens
}
