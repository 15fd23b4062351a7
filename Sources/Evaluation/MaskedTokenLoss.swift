/// Bounds of what a masked token can cost, so that one damaged token leaves a finite perplexity.
enum MaskedTokenLoss {
  /// In nats. A token whose loss is not a number, or larger, counts so much: e¹⁰⁰ is far beyond any
  /// vocabulary.
  static let worst = 100.0
}
