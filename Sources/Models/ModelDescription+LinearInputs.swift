extension ModelDescription {
  /// Every tensor that a linear layer reads, in execution order: the encoder's, then the head's.
  /// In an int8 model each has a range of its own.
  ///
  /// A name is that of the layer, as ``expectedTensors`` has it, and `.input`, for example
  /// `encoder.layer.0.intermediate.dense.input`; layers that read the same tensor share one name:
  /// `encoder.layer.0.attention.self.input` for query, key and value, `encoder.layer.0.input` for
  /// whatever reads a MobileBERT's wide hidden state at the layer's start. ALBERT has one for each
  /// executed layer, though these share their weights.
  ///
  /// The scores of a masked language model's words are no linear layer in this sense, as the word
  /// embedding is none.
  public var linearInputs: [String] { encoderLinearInputs + headLinearInputs }

  /// How many of ``linearInputs`` are the encoder's; the head's follow them.
  public var encoderLinearInputCount: Int { encoderLinearInputs.count }

  private var encoderLinearInputs: [String] {
    var names: [String] = []
    if transformsEmbeddings { names.append("embeddings.embedding_transformation.input") }
    if projectsEmbeddings { names.append("embeddings_project.input") }
    let isNarrow = bottlenecks?.width != nil
    for layer in 0..<layers {
      let prefix = "encoder.layer.\(layer)"
      if isNarrow { names.append("\(prefix).input") }
      names += ["\(prefix).attention.self.input", "\(prefix).attention.output.dense.input"]
      let stacked = (0..<((bottlenecks?.feedForwards ?? 1) - 1)).map { "\(prefix).ffn.\($0)" }
      for block in stacked + [prefix] {
        names += ["\(block).intermediate.dense.input", "\(block).output.dense.input"]
      }
      if isNarrow { names.append("\(prefix).output.bottleneck.dense.input") }
    }
    return names
  }

  private var headLinearInputs: [String] {
    switch head {
    case .none: []
    case .tokenClassification, .questionAnswering: ["head.output.input"]
    case .sequenceClassification, .regression:
      classifier == .plain ? ["head.output.input"] : ["head.dense.input", "head.output.input"]
    case .maskedLanguageModel: ["head.dense.input"]
    }
  }
}
