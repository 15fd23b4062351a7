import Approximation
import Foundation
import Models
import Testing

@Suite("Families and heads from config.json")
struct ModelFamilyTests {
  /// The published base model of each family, with some members replaced; nil removes one.
  private func description(_ type: String, _ changes: [String: Any?] = [:]) throws
    -> ModelDescription
  {
    var members: [String: Any] = [
      "model_type": type, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
      "intermediate_size": 3072, "vocab_size": 30522, "max_position_embeddings": 512,
      "type_vocab_size": 2,
    ]
    let own: [String: Any] =
      switch type {
      case "roberta", "xlm-roberta":
        ["max_position_embeddings": 514, "type_vocab_size": 1, "pad_token_id": 1]
      case "distilbert": ["dim": 768, "n_layers": 6, "n_heads": 12, "hidden_dim": 3072]
      case "albert": ["embedding_size": 128, "hidden_act": "gelu_new"]
      case "electra": ["hidden_size": 256, "num_attention_heads": 4, "embedding_size": 128]
      case "mobilebert":
        [
          "hidden_size": 512, "num_hidden_layers": 24, "num_attention_heads": 4,
          "intermediate_size": 512, "embedding_size": 128, "hidden_act": "relu",
        ]
      default: [:]
      }
    for (key, value) in own { members[key] = value }
    for (key, value) in changes { members[key] = value }
    return try ModelDescription(configuration: JSONSerialization.data(withJSONObject: members))
  }

  private func expectError(
    _ mentions: [String], _ type: String, _ changes: [String: Any?],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do {
      _ = try description(type, changes)
      Issue.record("accepted", sourceLocation: sourceLocation)
    } catch {
      for text in mentions {
        #expect("\(error)".contains(text), "\(error)", sourceLocation: sourceLocation)
      }
    }
  }

  @Test(
    "every family's sites are counted and named once",
    arguments: zip(
      ["bert", "roberta", "xlm-roberta", "distilbert", "albert", "electra", "mobilebert"],
      [61, 61, 61, 31, 61, 61, 48]))
  func sites(type: String, count: Int) throws {
    let sites = try description(type).sites
    #expect(sites.count == count)
    #expect(Set(sites.map(\.name)).count == count)
    #expect(sites.allSatisfy { $0.name.hasSuffix(".\($0.function.rawValue)") })
    #expect(sites.contains { $0.name == "encoder.layer.5.attention.softmax.exp" })
  }

  @Test("shapes that differ between families")
  func shapes() throws {
    let roberta = try description("roberta")
    #expect(roberta.positionOffset == 2 && roberta.maximumPositions == 512)
    let albert = try description("albert")
    #expect(albert.layerGroups == 1 && albert.projectsEmbeddings && albert.embeddingSize == 128)
    #expect(albert.hiddenActivation == .function(.geluTanh))
    #expect(albert.sites.contains { $0.name == "encoder.layer.11.intermediate.gelu-tanh" })
    let grouped = try description("albert", ["num_hidden_groups": 5])
    // transformers: int(layer / (12 / 5))
    #expect((0..<12).map(grouped.group) == [0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4])
    #expect(try description("electra").projectsEmbeddings)
    #expect(try !description("electra", ["embedding_size": 256]).projectsEmbeddings)
    #expect(try description("distilbert").typeVocabularySize == 0)
    let mobile = try description("mobilebert")
    #expect(mobile.innerSize == 128 && mobile.headSize == 32 && mobile.transformsEmbeddings)
    #expect(mobile.hiddenActivation == .relu)
  }

  @Test("a MobileBERT with LayerNorm and GELU has a site for each")
  func mobileSites() throws {
    let model = try description(
      "mobilebert",
      ["normalization_type": "layer_norm", "hidden_act": "gelu", "num_hidden_layers": 2])
    #expect(
      model.sites.prefix(10).map(\.name) == [
        "embeddings.LayerNorm.rsqrt",
        "encoder.layer.0.bottleneck.input.LayerNorm.rsqrt",
        "encoder.layer.0.bottleneck.attention.LayerNorm.rsqrt",
        "encoder.layer.0.attention.softmax.exp",
        "encoder.layer.0.attention.softmax.reciprocal",
        "encoder.layer.0.attention.output.LayerNorm.rsqrt",
        "encoder.layer.0.ffn.0.intermediate.gelu",
        "encoder.layer.0.ffn.0.output.LayerNorm.rsqrt",
        "encoder.layer.0.ffn.1.intermediate.gelu",
        "encoder.layer.0.ffn.1.output.LayerNorm.rsqrt",
      ])
    #expect(model.sites.count == 1 + 2 * (3 + 2 + 4 * 2 + 1))
    #expect(model.sites.last?.name == "encoder.layer.1.output.bottleneck.LayerNorm.rsqrt")
  }

  @Test(
    "the sites of heads",
    arguments: [
      ("bert", "BertForSequenceClassification", ["pooler.tanh"]),
      ("bert", "BertForMaskedLM", ["cls.transform.gelu", "cls.transform.LayerNorm.rsqrt"]),
      ("bert", "BertForPreTraining", ["cls.transform.gelu", "cls.transform.LayerNorm.rsqrt"]),
      ("bert", "BertForTokenClassification", []),
      ("bert", "BertForQuestionAnswering", []),
      ("bert", "BertModel", []),
      ("roberta", "RobertaForSequenceClassification", ["classifier.tanh"]),
      ("xlm-roberta", "XLMRobertaForSequenceClassification", ["classifier.tanh"]),
      ("distilbert", "DistilBertForSequenceClassification", []),
      ("albert", "AlbertForSequenceClassification", ["pooler.tanh"]),
      (
        "albert", "AlbertForMaskedLM", ["cls.transform.gelu-tanh", "cls.transform.LayerNorm.rsqrt"]
      ),
      ("electra", "ElectraForSequenceClassification", ["classifier.gelu"]),
      ("electra", "ElectraForPreTraining", []),
      ("mobilebert", "MobileBertForSequenceClassification", ["pooler.tanh"]),
      ("mobilebert", "MobileBertForMaskedLM", ["cls.transform.LayerNorm.rsqrt"]),
    ] as [(String, String, [String])])
  func headSites(type: String, architecture: String, names: [String]) throws {
    let model = try description(type, ["architectures": [architecture]])
    #expect(model.sites.dropFirst(model.encoderSiteCount).map(\.name) == names)
    #expect(model.withoutHead.sites.count == model.encoderSiteCount)
    #expect(try model.withoutHead == description(type))
  }

  @Test("labels and kinds of heads")
  func heads() throws {
    func head(_ changes: [String: Any?]) throws -> ModelHead {
      try description(
        "bert", ["architectures": ["BertForSequenceClassification"]].merging(changes) { $1 }
      ).head
    }
    #expect(try head([:]) == .sequenceClassification(labels: ["LABEL_0", "LABEL_1"]))
    #expect(
      try head(["num_labels": 3])
        == .sequenceClassification(labels: ["LABEL_0", "LABEL_1", "LABEL_2"]))
    let labels = ["1": "good", "0": "bad"]
    #expect(try head(["id2label": labels]) == .sequenceClassification(labels: ["bad", "good"]))
    #expect(try head(["id2label": ["0": "score"]]) == .regression)
    #expect(
      try head(["id2label": ["0": "only"], "problem_type": "single_label_classification"])
        == .sequenceClassification(labels: ["only"]))
    #expect(try head(["id2label": ["0": "score"], "problem_type": "regression"]) == .regression)
    #expect(try description("bert", ["architectures": nil as Any?]).head == .none)
    #expect(try description("bert", ["architectures": []]).head == .none)
  }

  @Test("heads and labels that lie are refused, naming key and value")
  func badHeads() {
    let kind = ["architectures": ["BertForSequenceClassification"]] as [String: Any?]
    func refused(_ mentions: [String], _ changes: [String: Any?]) {
      expectError(mentions, "bert", kind.merging(changes) { $1 })
    }
    refused(
      ["architectures", "BertForMultipleChoice"], ["architectures": ["BertForMultipleChoice"]])
    refused(["architectures", "BertLMHeadless"], ["architectures": ["BertLMHeadless"]])
    refused(["architectures", "7"], ["architectures": [7]])
    refused(["architectures", "\"BertModel\""], ["architectures": "BertModel"])
    refused(["id2label", "\"one\""], ["id2label": ["0": "a", "one": "b"]])
    refused(["id2label", "\"2\""], ["id2label": ["0": "a", "2": "b"]])
    refused(["id2label", "\"00\""], ["id2label": ["0": "a", "00": "b"]])
    refused(["id2label.1", "7"], ["id2label": ["0": "a", "1": 7]])
    refused(["id2label", "0 members"], ["id2label": [String: String]()])
    refused(["id2label", "a list"], ["id2label": ["a", "b"]])
    refused(
      ["num_labels", "3", "2 members"], ["num_labels": 3, "id2label": ["0": "a", "1": "b"]])
    refused(["num_labels", "0"], ["num_labels": 0])
    refused(["num_labels", "70000"], ["num_labels": 70_000])
    refused(["problem_type", "multi_label"], ["problem_type": "multi_label_classification"])
    refused(["problem_type", "2 labels"], ["problem_type": "regression"])
  }

  @Test("shapes that lie are refused, naming key and value")
  func badShapes() {
    expectError(["max_position_embeddings", "2"], "roberta", ["max_position_embeddings": 2])
    expectError(["pad_token_id", "-1"], "roberta", ["pad_token_id": -1])
    expectError(["n_heads", "7", "dim", "768"], "distilbert", ["n_heads": 7])
    expectError(["\"dim\"", "missing"], "distilbert", ["dim": nil as Any?])
    expectError(["activation", "mish"], "distilbert", ["activation": "mish"])
    expectError(["inner_group_num", "2"], "albert", ["inner_group_num": 2])
    expectError(["num_hidden_groups", "13", "12"], "albert", ["num_hidden_groups": 13])
    expectError(["embedding_size", "missing"], "albert", ["embedding_size": nil as Any?])
    expectError(["intra_bottleneck_size", "0"], "mobilebert", ["intra_bottleneck_size": 0])
    expectError(
      ["num_attention_heads", "3", "intra_bottleneck_size"], "mobilebert",
      ["num_attention_heads": 3])
    expectError(
      ["key_query_shared_bottleneck"], "mobilebert", ["key_query_shared_bottleneck": false])
    expectError(["normalization_type", "rms"], "mobilebert", ["normalization_type": "rms"])
    expectError(["num_feedforward_networks", "0"], "mobilebert", ["num_feedforward_networks": 0])
    expectError(["embedding_size", "1024", "512"], "mobilebert", ["embedding_size": 1024])
    expectError(["tie_word_embeddings", "yes"], "bert", ["tie_word_embeddings": "yes"])
  }

  @Test("a deeply nested value is ignored or refused, not followed")
  func depth() throws {
    let nested = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
    let text = """
      {"model_type": "bert", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1,
       "intermediate_size": 8, "vocab_size": 8, "max_position_embeddings": 8, "type_vocab_size": 1,
       "extra": \(nested), "id2label": {"0": \(nested)}}
      """
    #expect(try ModelDescription(configuration: Data(text.utf8)).head == .none)
  }
}
