extension ModelDescription {
  /// Every tensor that is read, in execution order: the encoder's, then the head's. Files may hold
  /// more. Layers that share weights are listed once, under the number of their group.
  public var expectedTensors: [ExpectedTensor] {
    var list = TensorList(prefix: family.tensorPrefix)
    list.add("embeddings.word_embeddings.weight", [vocabularySize, embeddingSize])
    if let bottlenecks {
      addMobileEncoder(bottlenecks, to: &list)
    } else {
      addEncoder(to: &list)
    }
    addHead(to: &list)
    return list.tensors
  }

  private func addEncoder(to list: inout TensorList) {
    list.add(
      "embeddings.position_embeddings.weight",
      [positionOffset + maximumPositions, embeddingSize])
    if typeVocabularySize > 0 {
      list.add("embeddings.token_type_embeddings.weight", [typeVocabularySize, embeddingSize])
    }
    list.norm("embeddings.LayerNorm", width: embeddingSize)
    if projectsEmbeddings {
      list.linear(
        "embeddings_project",
        as: family == .albert ? "encoder.embedding_hidden_mapping_in" : nil,
        outputs: hiddenSize, inputs: embeddingSize)
    }
    let names = LayerNames(family)
    for group in 0..<layerGroups {
      func both(_ name: String, _ fileName: String) -> (name: String, fileName: String) {
        ("encoder.layer.\(group).\(name)", "\(names.layer(group)).\(fileName)")
      }
      for (part, fileName) in zip(["query", "key", "value"], names.projections) {
        let both = both("attention.self.\(part)", fileName)
        list.linear(both.name, as: both.fileName, outputs: hiddenSize, inputs: hiddenSize)
      }
      let attention = both("attention.output.dense", names.attentionOutput)
      list.linear(attention.name, as: attention.fileName, outputs: hiddenSize, inputs: hiddenSize)
      let attentionNorm = both("attention.output.LayerNorm", names.attentionNorm)
      list.norm(attentionNorm.name, as: attentionNorm.fileName, width: hiddenSize)
      let intermediate = both("intermediate.dense", names.intermediate)
      list.linear(
        intermediate.name, as: intermediate.fileName, outputs: intermediateSize, inputs: hiddenSize)
      let output = both("output.dense", names.output)
      list.linear(output.name, as: output.fileName, outputs: hiddenSize, inputs: intermediateSize)
      let outputNorm = both("output.LayerNorm", names.outputNorm)
      list.norm(outputNorm.name, as: outputNorm.fileName, width: hiddenSize)
    }
  }

  private func addMobileEncoder(_ bottlenecks: Bottlenecks, to list: inout TensorList) {
    let inner = innerSize
    list.add("embeddings.position_embeddings.weight", [maximumPositions, hiddenSize])
    list.add("embeddings.token_type_embeddings.weight", [typeVocabularySize, hiddenSize])
    if transformsEmbeddings {
      list.linear(
        "embeddings.embedding_transformation", outputs: hiddenSize,
        inputs: (bottlenecks.usesTrigrams ? 3 : 1) * embeddingSize)
    }
    list.norm("embeddings.LayerNorm", width: hiddenSize)
    for layer in 0..<layers {
      let prefix = "encoder.layer.\(layer)"
      let shared = bottlenecks.attentionInput == .sharedBottleneck
      if bottlenecks.width != nil {
        for part in shared ? ["input", "attention"] : ["input"] {
          list.linear("\(prefix).bottleneck.\(part).dense", outputs: inner, inputs: hiddenSize)
          list.norm("\(prefix).bottleneck.\(part).LayerNorm", width: inner)
        }
      }
      for (part, inputs) in [
        ("query", inner), ("key", inner), ("value", shared ? hiddenSize : inner),
      ] {
        list.linear("\(prefix).attention.self.\(part)", outputs: inner, inputs: inputs)
      }
      list.linear("\(prefix).attention.output.dense", outputs: inner, inputs: inner)
      list.norm("\(prefix).attention.output.LayerNorm", width: inner)
      let blocks = (0..<(bottlenecks.feedForwards - 1)).map { "\(prefix).ffn.\($0)" } + [prefix]
      for block in blocks {
        list.linear("\(block).intermediate.dense", outputs: intermediateSize, inputs: inner)
        list.linear("\(block).output.dense", outputs: inner, inputs: intermediateSize)
        list.norm("\(block).output.LayerNorm", width: inner)
      }
      if bottlenecks.width != nil {
        list.linear("\(prefix).output.bottleneck.dense", outputs: hiddenSize, inputs: inner)
        list.norm("\(prefix).output.bottleneck.LayerNorm", width: hiddenSize)
      }
    }
  }

  /// Whether a MobileBERT's word embeddings pass a linear layer.
  public var transformsEmbeddings: Bool {
    bottlenecks.map { $0.usesTrigrams || embeddingSize != hiddenSize } ?? false
  }
}

/// What a family's files call the parts of a layer.
private struct LayerNames {
  var layer: (Int) -> String = { "encoder.layer.\($0)" }
  var projections = ["query", "key", "value"].map { "attention.self.\($0)" }
  var attentionOutput = "attention.output.dense"
  var attentionNorm = "attention.output.LayerNorm"
  var intermediate = "intermediate.dense"
  var output = "output.dense"
  var outputNorm = "output.LayerNorm"

  init(_ family: ModelFamily) {
    switch family {
    case .bert, .roberta, .xlmRoberta, .electra, .mobilebert: break
    case .distilbert:
      layer = { "transformer.layer.\($0)" }
      projections = ["q_lin", "k_lin", "v_lin"].map { "attention.\($0)" }
      (attentionOutput, attentionNorm) = ("attention.out_lin", "sa_layer_norm")
      (intermediate, output, outputNorm) = ("ffn.lin1", "ffn.lin2", "output_layer_norm")
    case .albert:
      layer = { "encoder.albert_layer_groups.\($0).albert_layers.0" }
      projections = ["query", "key", "value"].map { "attention.\($0)" }
      (attentionOutput, attentionNorm) = ("attention.dense", "attention.LayerNorm")
      (intermediate, output, outputNorm) = ("ffn", "ffn_output", "full_layer_layer_norm")
    }
  }
}
