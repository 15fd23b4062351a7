import Approximation

/// What `config.json` says about a model: its sizes and, from them, its sites and tensors.
///
/// Knows no weights and does no arithmetic, so that a plan can be made without loading a model.
public struct ModelDescription: Hashable, Sendable {
  public let family: ModelFamily
  /// What follows the encoder.
  public internal(set) var head: ModelHead
  /// Width of a token's hidden state, in `1...16_384`.
  public let hiddenSize: Int
  /// Width of a token's embedding, in `1...16_384`; another than ``hiddenSize`` only where
  /// ``projectsEmbeddings`` or ``bottlenecks`` make one from the other.
  public let embeddingSize: Int
  /// Whether a linear layer leads from the embedding to the first hidden state (ALBERT, ELECTRA).
  public let projectsEmbeddings: Bool
  /// Encoder layers, in `1...256`.
  public let layers: Int
  /// Layers with weights of their own, in `1...layers`; ALBERT executes them several times each.
  public let layerGroups: Int
  /// Attention heads of a layer, in `1...1024`; they divide ``innerSize``.
  public let heads: Int
  /// Width of the feed-forward block, in `1...131_072`.
  public let intermediateSize: Int
  /// The function within the feed-forward block.
  public let hiddenActivation: HiddenActivation
  /// Rows of the word embedding, in `1...4_194_304`; a token is in `0..<vocabularySize`.
  public let vocabularySize: Int
  /// Longest sequence in tokens, in `1...16_384`: attention scores take its square.
  public let maximumPositions: Int
  /// Row of the position embedding that the first token takes: 0, for RoBERTa that of the padding
  /// token + 1. The embedding has `positionOffset + maximumPositions` rows.
  public let positionOffset: Int
  /// Rows of the token type embedding, in `0...1024`; 0 = the family has no token types.
  public let typeVocabularySize: Int
  /// ε of a LayerNorm, in `(0, 1]`.
  public let layerNormEpsilon: Float
  /// Whether a masked language model's last layer is the word embedding once more.
  public let tiesWordEmbeddings: Bool
  /// MobileBERT's own shape; nil for every other family.
  public let bottlenecks: Bottlenecks?

  /// Width of what attention and feed-forward work on: the hidden size, but for MobileBERT.
  public var innerSize: Int { bottlenecks?.width ?? hiddenSize }

  /// Width of one attention head.
  public var headSize: Int { innerSize / heads }

  /// Which of the ``layerGroups`` sets of weights a layer executes.
  public func group(ofLayer layer: Int) -> Int { layer * layerGroups / layers }

  /// The same model without what follows the encoder.
  public var withoutHead: ModelDescription {
    var model = self
    model.head = .none
    return model
  }
}
