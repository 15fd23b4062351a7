extension ModelDescription {
  /// How a sequence's classifier reaches its labels from the first token's hidden state.
  public enum Classifier: Hashable, Sendable {
    /// A dense layer and its function, then the labels' layer.
    case dense(HiddenActivation)
    /// The labels' layer alone.
    case plain
  }

  public var classifier: Classifier {
    switch family {
    case .bert, .albert, .roberta, .xlmRoberta: .dense(.function(.tanh))
    case .mobilebert: bottlenecks?.poolerActivates == true ? .dense(.function(.tanh)) : .plain
    case .electra: .dense(.function(.gelu))
    case .distilbert: .dense(.relu)
    }
  }

  /// Width of what a masked language model's words are scored from.
  public var predictionSize: Int {
    switch family {
    case .albert, .electra: embeddingSize
    case .bert, .roberta, .xlmRoberta, .distilbert, .mobilebert: hiddenSize
    }
  }

  /// The head's tensors: `head.dense`, `head.LayerNorm`, `head.output`, whatever files call them.
  func addHead(to list: inout TensorList) {
    switch head {
    case .none: break
    case .regression: addClassifier(labels: 1, to: &list)
    case .sequenceClassification(let labels): addClassifier(labels: labels.count, to: &list)
    case .tokenClassification(let labels):
      list.linear("head.output", as: "classifier", outputs: labels.count, inputs: hiddenSize)
    case .questionAnswering:
      list.linear("head.output", as: "qa_outputs", outputs: 2, inputs: hiddenSize)
    case .maskedLanguageModel: addPrediction(to: &list)
    }
  }

  private func addClassifier(labels: Int, to list: inout TensorList) {
    let (dense, output) =
      switch family {
      case .bert, .mobilebert: ("pooler.dense", "classifier")
      case .albert: ("pooler", "classifier")
      case .distilbert: ("pre_classifier", "classifier")
      case .roberta, .xlmRoberta, .electra: ("classifier.dense", "classifier.out_proj")
      }
    if classifier != .plain {
      list.linear("head.dense", as: dense, outputs: hiddenSize, inputs: hiddenSize)
    }
    list.linear("head.output", as: output, outputs: labels, inputs: hiddenSize)
  }

  private func addPrediction(to list: inout TensorList) {
    let names = PredictionNames(family)
    list.linear("head.dense", as: names.dense, outputs: predictionSize, inputs: hiddenSize)
    list.norm("head.LayerNorm", as: names.norm, width: predictionSize)
    if !tiesWordEmbeddings {
      list.add("head.output.weight", as: names.weights, [vocabularySize, decoderColumns])
    }
    if decoderColumns < predictionSize {
      // Stored with the words as columns, unlike every other linear layer.
      list.add(
        "head.output.rest", as: ["cls.predictions.dense.weight"],
        [predictionSize - decoderColumns, vocabularySize])
    }
    let biases = tiesWordEmbeddings ? names.biases : names.biases.reversed()
    list.add("head.output.bias", as: biases, [vocabularySize])
  }

  /// Columns of the words' weights that are, or could be, the word embedding's.
  private var decoderColumns: Int {
    family == .mobilebert ? embeddingSize : predictionSize
  }
}

/// What a family's files call the head of a masked language model.
private struct PredictionNames {
  var dense = "cls.predictions.transform.dense"
  var norm = "cls.predictions.transform.LayerNorm"
  var weights = ["cls.predictions.decoder.weight"]
  /// Equal where the words are tied; else the last one is added.
  var biases = ["cls.predictions.bias", "cls.predictions.decoder.bias"]

  init(_ family: ModelFamily) {
    switch family {
    case .bert, .mobilebert: break
    case .roberta, .xlmRoberta:
      (dense, norm) = ("lm_head.dense", "lm_head.layer_norm")
      weights = ["lm_head.decoder.weight"]
      biases = ["lm_head.bias", "lm_head.decoder.bias"]
    case .distilbert:
      (dense, norm) = ("vocab_transform", "vocab_layer_norm")
      weights = ["vocab_projector.weight"]
      biases = ["vocab_projector.bias"]
    case .albert:
      (dense, norm) = ("predictions.dense", "predictions.LayerNorm")
      weights = ["predictions.decoder.weight"]
      biases = ["predictions.bias", "predictions.decoder.bias"]
    case .electra:
      (dense, norm) = ("generator_predictions.dense", "generator_predictions.LayerNorm")
      weights = ["generator_lm_head.weight"]
      biases = ["generator_lm_head.bias"]
    }
  }
}
