import Foundation

extension ModelDescription {
  /// Reads a Hugging Face `config.json`.
  ///
  /// Keys that have a default in Hugging Face `transformers` and no size in them may be absent;
  /// keys that the model does not need are ignored.
  ///
  /// - Parameter configuration: the bytes of the file, at most 1 MiB.
  /// - Throws: ``ModelError`` that names the key, the value found and what is supported.
  public init(configuration: Data) throws {
    let keys = try ConfigurationKeys(configuration)

    guard let type = try keys.string("model_type") else {
      throw ModelError.missingKey("model_type")
    }
    guard let family = ModelFamily(rawValue: type) else {
      let families = ModelFamily.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw ModelError.unsupported(
        key: "model_type", found: "\"\(type.prefix(60))\"", supported: families)
    }
    let names = SizeKeys(family)
    let positions = try keys.string("position_embedding_type") ?? "absolute"
    guard positions == "absolute" else {
      throw ModelError.unsupported(
        key: "position_embedding_type", found: "\"\(positions.prefix(60))\"",
        supported: "\"absolute\"")
    }
    for key in ["is_decoder", "add_cross_attention"] where try keys.flag(key) {
      throw ModelError.unsupported(key: key, found: "true", supported: "false (an encoder)")
    }

    self.family = family
    head = try ModelHead(keys, family: family)
    hiddenSize = try keys.integer(names.width, in: 1...16_384)
    layers = try keys.integer(names.layers, in: 1...256)
    heads = try keys.integer(names.heads, in: 1...1024)
    intermediateSize = try keys.integer(names.intermediate, in: 1...131_072)
    vocabularySize = try keys.integer("vocab_size", in: 1...4_194_304)
    typeVocabularySize =
      family == .distilbert ? 0 : try keys.integer("type_vocab_size", in: 1...1024)
    hiddenActivation = try Self.activation(keys, names.activation, family)
    layerNormEpsilon = family == .distilbert ? 1e-12 : try Self.epsilon(keys)
    tiesWordEmbeddings = try keys.flag("tie_word_embeddings", absent: true)

    switch family {
    case .albert, .mobilebert: embeddingSize = try keys.integer("embedding_size", in: 1...16_384)
    case .electra:
      embeddingSize = try keys.optionalInteger("embedding_size", in: 1...16_384) ?? 128
    case .bert, .roberta, .xlmRoberta, .distilbert: embeddingSize = hiddenSize
    }
    projectsEmbeddings = family == .albert || family == .electra && embeddingSize != hiddenSize
    layerGroups = family == .albert ? try Self.groups(keys, layers: layers) : layers
    bottlenecks = family == .mobilebert ? try Bottlenecks(keys) : nil
    (positionOffset, maximumPositions) = try Self.positions(keys, family)

    let (width, key) =
      bottlenecks?.width.map { ($0, Bottlenecks.widthKey) } ?? (hiddenSize, names.width)
    guard width % heads == 0 else {
      throw ModelError.headsDoNotDivide(
        hiddenSize: width, heads: heads, headsKey: names.heads, sizeKey: key)
    }
    if bottlenecks != nil, embeddingSize > hiddenSize {
      throw ModelError.unsupported(
        key: "embedding_size", found: "\(embeddingSize)",
        supported: "at most \"\(names.width)\" \(hiddenSize)")
    }
  }

  private static func activation(
    _ keys: ConfigurationKeys, _ key: String, _ family: ModelFamily
  ) throws -> HiddenActivation {
    let absent =
      switch family {
      case .albert: "gelu_new"
      case .mobilebert: "relu"
      case .bert, .roberta, .xlmRoberta, .distilbert, .electra: "gelu"
      }
    let name = try keys.string(key) ?? absent
    guard let activation = HiddenActivation(named: name) else {
      throw ModelError.unsupported(
        key: key, found: "\"\(name.prefix(60))\"", supported: HiddenActivation.supported)
    }
    return activation
  }

  private static func epsilon(_ keys: ConfigurationKeys) throws -> Float {
    let epsilon = try keys.number("layer_norm_eps") ?? 1e-12
    guard Float(epsilon) > 0, epsilon <= 1 else {
      throw ModelError.unsupported(
        key: "layer_norm_eps", found: "\(epsilon)",
        supported: "a number above 0 (as float32) and at most 1")
    }
    return Float(epsilon)
  }

  private static func groups(_ keys: ConfigurationKeys, layers: Int) throws -> Int {
    let inner = try keys.optionalInteger("inner_group_num", in: 1...256) ?? 1
    guard inner == 1 else {
      throw ModelError.unsupported(key: "inner_group_num", found: "\(inner)", supported: "1")
    }
    return try keys.optionalInteger("num_hidden_groups", in: 1...layers) ?? 1
  }

  /// The first token's row of the position embedding and how many tokens it has rows for.
  private static func positions(
    _ keys: ConfigurationKeys, _ family: ModelFamily
  ) throws -> (offset: Int, maximum: Int) {
    let rows = try keys.integer("max_position_embeddings", in: 1...16_384)
    guard family == .roberta || family == .xlmRoberta else { return (0, rows) }
    let padding = try keys.optionalInteger("pad_token_id", in: 0...4_194_303) ?? 1
    guard padding + 1 < rows else {
      throw ModelError.unsupported(
        key: "max_position_embeddings", found: "\(rows)",
        supported: "more than \"pad_token_id\" + 1, which is \(padding + 1): the rows before it "
          + "belong to padding")
    }
    return (padding + 1, rows - padding - 1)
  }
}

/// What a family calls its sizes in `config.json`.
private struct SizeKeys {
  var width = "hidden_size"
  var layers = "num_hidden_layers"
  var heads = "num_attention_heads"
  var intermediate = "intermediate_size"
  var activation = "hidden_act"

  init(_ family: ModelFamily) {
    guard family == .distilbert else { return }
    (width, layers, heads) = ("dim", "n_layers", "n_heads")
    (intermediate, activation) = ("hidden_dim", "activation")
  }
}

extension Bottlenecks {
  static let widthKey = "intra_bottleneck_size"

  /// - Throws: ``ModelError`` that names the key.
  fileprivate init(_ keys: ConfigurationKeys) throws {
    usesTrigrams = try keys.flag("trigram_input", absent: true)
    let isNarrow = try keys.flag("use_bottleneck", absent: true)
    width = isNarrow ? try keys.optionalInteger(Self.widthKey, in: 1...16_384) ?? 128 : nil
    let usesLayerInput = try keys.flag("use_bottleneck_attention")
    if isNarrow, !usesLayerInput {
      guard try keys.flag("key_query_shared_bottleneck", absent: true) else {
        throw ModelError.unsupported(
          key: "key_query_shared_bottleneck", found: "false",
          supported: "true, unless \"use_bottleneck_attention\" is true")
      }
      attentionInput = .sharedBottleneck
    } else {
      attentionInput = .layerInput
    }
    feedForwards = try keys.optionalInteger("num_feedforward_networks", in: 1...16) ?? 4
    let normalization = try keys.string("normalization_type") ?? "no_norm"
    guard ["no_norm", "layer_norm"].contains(normalization) else {
      throw ModelError.unsupported(
        key: "normalization_type", found: "\"\(normalization.prefix(60))\"",
        supported: "\"no_norm\", \"layer_norm\"")
    }
    normalizes = normalization == "layer_norm"
    poolerActivates = try keys.flag("classifier_activation", absent: true)
  }
}
