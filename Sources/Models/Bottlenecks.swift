/// What a MobileBERT has that no other family has: narrow layers between wide residual streams.
public struct Bottlenecks: Hashable, Sendable {
  /// Whether a token's embedding is joined from those of its left and right neighbour and its own.
  public let usesTrigrams: Bool
  /// Width inside a layer, in `1...16_384`; nil = the hidden size, and no bottleneck.
  public let width: Int?
  /// Where queries, keys and values come from.
  public let attentionInput: AttentionInput
  /// Feed-forward blocks of a layer, in `1...16`.
  public let feedForwards: Int
  /// LayerNorm; false = NoNorm: a weight and a bias per column, no statistics and so no site.
  public let normalizes: Bool
  /// Whether the pooler has a layer of weights with tanh; false = the first token's hidden state.
  public let poolerActivates: Bool

  /// Where a layer's queries, keys and values come from.
  public enum AttentionInput: Hashable, Sendable {
    /// All from the layer's narrow input.
    case layerInput
    /// Queries and keys from a bottleneck of their own, values from the wide hidden state.
    case sharedBottleneck
  }
}
