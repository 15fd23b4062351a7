import Foundation

extension ModelDescription {
  /// Reads a Hugging Face `config.json`.
  ///
  /// The BERT family with the erf form of GELU and absolute positions is supported. Keys that have
  /// a default in Hugging Face `transformers` and no size in them may be absent (`hidden_act`,
  /// `layer_norm_eps`, `position_embedding_type`); keys that the encoder does not need are ignored.
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
      throw ModelError.unsupported(key: "model_type", found: "\"\(type)\"", supported: families)
    }
    try Self.requireText("gelu", key: "hidden_act", in: keys, note: " (the erf form)")
    try Self.requireText("absolute", key: "position_embedding_type", in: keys)
    for key in ["is_decoder", "add_cross_attention"] where try keys.flag(key) {
      throw ModelError.unsupported(key: key, found: "true", supported: "false (an encoder)")
    }

    self.family = family
    hiddenSize = try keys.integer("hidden_size", in: 1...16_384)
    layers = try keys.integer("num_hidden_layers", in: 1...256)
    heads = try keys.integer("num_attention_heads", in: 1...1024)
    intermediateSize = try keys.integer("intermediate_size", in: 1...131_072)
    vocabularySize = try keys.integer("vocab_size", in: 1...4_194_304)
    maximumPositions = try keys.integer("max_position_embeddings", in: 1...16_384)
    typeVocabularySize = try keys.integer("type_vocab_size", in: 1...1024)
    guard hiddenSize % heads == 0 else {
      throw ModelError.headsDoNotDivide(hiddenSize: hiddenSize, heads: heads)
    }

    let epsilon = try keys.number("layer_norm_eps") ?? 1e-12
    guard Float(epsilon) > 0, epsilon <= 1 else {
      throw ModelError.unsupported(
        key: "layer_norm_eps", found: "\(epsilon)",
        supported: "a number above 0 (as float32) and at most 1")
    }
    layerNormEpsilon = Float(epsilon)
  }

  private static func requireText(
    _ supported: String, key: String, in keys: ConfigurationKeys, note: String = ""
  ) throws {
    let found = try keys.string(key) ?? supported
    guard found == supported else {
      throw ModelError.unsupported(
        key: key, found: "\"\(found.prefix(60))\"", supported: "\"\(supported)\"\(note)")
    }
  }
}
