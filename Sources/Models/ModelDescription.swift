import Approximation

/// What `config.json` says about a model: its sizes and, from them, its sites and tensors.
///
/// Knows no weights and does no arithmetic, so that a plan can be made without loading a model.
public struct ModelDescription: Hashable, Sendable {
  public let family: ModelFamily
  /// Width of a token's hidden state, in `1...16_384`; a multiple of ``heads``.
  public let hiddenSize: Int
  /// Encoder layers, in `1...256`.
  public let layers: Int
  /// Attention heads of a layer, in `1...1024`.
  public let heads: Int
  /// Width of the feed-forward block, in `1...131_072`.
  public let intermediateSize: Int
  /// Rows of the word embedding, in `1...4_194_304`; a token is in `0..<vocabularySize`.
  public let vocabularySize: Int
  /// Longest sequence in tokens, in `1...16_384`: attention scores take its square.
  public let maximumPositions: Int
  /// Rows of the token type embedding, in `1...1024`.
  public let typeVocabularySize: Int
  /// ε of every LayerNorm, in `(0, 1]`.
  public let layerNormEpsilon: Float

  /// Width of one attention head.
  public var headSize: Int { hiddenSize / heads }

  /// Every place where a non-linear function is evaluated, in execution order: 1 + 5 × layers.
  public var sites: [Site] {
    var sites = [Site(name: "embeddings.LayerNorm.rsqrt", function: .rsqrt)]
    for layer in 0..<layers {
      let prefix = "encoder.layer.\(layer)"
      sites += [
        Site(name: "\(prefix).attention.softmax.exp", function: .exp),
        Site(name: "\(prefix).attention.softmax.reciprocal", function: .reciprocal),
        Site(name: "\(prefix).attention.output.LayerNorm.rsqrt", function: .rsqrt),
        Site(name: "\(prefix).intermediate.gelu", function: .gelu),
        Site(name: "\(prefix).output.LayerNorm.rsqrt", function: .rsqrt),
      ]
    }
    return sites
  }
}
