import Foundation
import Models
import Testing

@Suite("What linear layers read, from config.json")
struct LinearInputTests {
  private func description(_ type: String, _ changes: [String: Any]) throws -> ModelDescription {
    var members: [String: Any] = [
      "model_type": type, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
      "intermediate_size": 128, "vocab_size": 100, "max_position_embeddings": 32,
      "type_vocab_size": 2, "embedding_size": 32, "intra_bottleneck_size": 16, "dim": 64,
      "n_layers": 2, "n_heads": 4, "hidden_dim": 128,
    ]
    members.merge(changes) { $1 }
    return try ModelDescription(configuration: JSONSerialization.data(withJSONObject: members))
  }

  private func layer(_ number: Int) -> [String] {
    ["attention.self", "attention.output.dense", "intermediate.dense", "output.dense"]
      .map { "encoder.layer.\(number).\($0).input" }
  }

  @Test("four a layer, then the head's")
  func heads() throws {
    let encoder = layer(0) + layer(1)
    let heads: [(String, String, [String])] = [
      ("bert", "BertModel", []),
      ("bert", "BertForSequenceClassification", ["head.dense.input", "head.output.input"]),
      (
        "distilbert", "DistilBertForSequenceClassification",
        [
          "head.dense.input", "head.output.input",
        ]
      ),
      ("bert", "BertForTokenClassification", ["head.output.input"]),
      ("roberta", "RobertaForQuestionAnswering", ["head.output.input"]),
      ("bert", "BertForMaskedLM", ["head.dense.input"]),
    ]
    for (type, architecture, expected) in heads {
      let model = try description(type, ["architectures": [architecture]])
      #expect(model.linearInputs == encoder + expected, "\(architecture)")
      #expect(model.encoderLinearInputCount == 8)
      #expect(model.withoutHead.linearInputs == encoder)
    }
  }

  @Test("ALBERT and ELECTRA project their embeddings; ALBERT's layers have ranges of their own")
  func projections() throws {
    for type in ["albert", "electra"] {
      let model = try description(type, [:])
      #expect(model.linearInputs == ["embeddings_project.input"] + layer(0) + layer(1))
    }
  }

  @Test("MobileBERT's bottlenecks and stacked blocks")
  func mobile() throws {
    let model = try description(
      "mobilebert", ["num_hidden_layers": 1, "num_feedforward_networks": 2])
    #expect(
      model.linearInputs == [
        "embeddings.embedding_transformation.input", "encoder.layer.0.input",
        "encoder.layer.0.attention.self.input", "encoder.layer.0.attention.output.dense.input",
        "encoder.layer.0.ffn.0.intermediate.dense.input",
        "encoder.layer.0.ffn.0.output.dense.input", "encoder.layer.0.intermediate.dense.input",
        "encoder.layer.0.output.dense.input", "encoder.layer.0.output.bottleneck.dense.input",
      ])
    let wide = try description(
      "mobilebert",
      [
        "num_hidden_layers": 1, "num_feedforward_networks": 1, "use_bottleneck": false,
        "trigram_input": false, "embedding_size": 64,
      ])
    #expect(wide.linearInputs == layer(0))
  }
}
