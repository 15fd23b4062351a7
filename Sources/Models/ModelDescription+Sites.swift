import Approximation

extension ModelDescription {
  /// Every place where a non-linear function is evaluated, in execution order: the encoder's, then
  /// the head's. A BERT encoder has 1 + 5 × layers.
  public var sites: [Site] { encoderSites + headSites }

  /// How many of ``sites`` are the encoder's; the head's follow them.
  public var encoderSiteCount: Int { encoderSites.count }

  /// The sites of the encoder alone; every family's bear BERT's names.
  private var encoderSites: [Site] {
    let normalizes = bottlenecks?.normalizes ?? true
    let bottleneckParts =
      bottlenecks?.width == nil ? 0 : bottlenecks?.attentionInput == .sharedBottleneck ? 2 : 1
    var sites: [Site] = []

    func norm(_ name: String) {
      if normalizes { sites.append(Site(name: "\(name).LayerNorm.rsqrt", function: .rsqrt)) }
    }
    func feedForward(_ prefix: String) {
      sites += activation("\(prefix)intermediate", hiddenActivation)
      norm("\(prefix)output")
    }

    norm("embeddings")
    for layer in 0..<layers {
      let prefix = "encoder.layer.\(layer)"
      for part in ["input", "attention"].prefix(bottleneckParts) {
        norm("\(prefix).bottleneck.\(part)")
      }
      sites += [
        Site(name: "\(prefix).attention.softmax.exp", function: .exp),
        Site(name: "\(prefix).attention.softmax.reciprocal", function: .reciprocal),
      ]
      norm("\(prefix).attention.output")
      for block in 0..<((bottlenecks?.feedForwards ?? 1) - 1) {
        feedForward("\(prefix).ffn.\(block).")
      }
      feedForward("\(prefix).")
      if bottleneckParts > 0 { norm("\(prefix).output.bottleneck") }
    }
    return sites
  }

  /// The sites of the head.
  private var headSites: [Site] {
    switch head {
    case .sequenceClassification, .regression:
      switch family {
      case .bert, .albert: [Site(name: "pooler.tanh", function: .tanh)]
      case .mobilebert:
        bottlenecks?.poolerActivates == true ? [Site(name: "pooler.tanh", function: .tanh)] : []
      case .roberta, .xlmRoberta: [Site(name: "classifier.tanh", function: .tanh)]
      case .electra: [Site(name: "classifier.gelu", function: .gelu)]
      case .distilbert: []
      }
    case .maskedLanguageModel:
      activation("cls.transform", predictionActivation)
        + [Site(name: "cls.transform.LayerNorm.rsqrt", function: .rsqrt)]
    case .none, .tokenClassification, .questionAnswering: []
    }
  }

  /// The function within the head of a masked language model.
  public var predictionActivation: HiddenActivation {
    switch family {
    case .roberta, .xlmRoberta, .electra: .function(.gelu)
    case .bert, .distilbert, .albert, .mobilebert: hiddenActivation
    }
  }

  private func activation(_ name: String, _ activation: HiddenActivation) -> [Site] {
    guard case .function(let function) = activation else { return [] }
    return [Site(name: "\(name).\(function.rawValue)", function: function)]
  }
}
