import Foundation
import Models
import Testing

@Suite("Model descriptions from config.json")
struct ModelDescriptionTests {
  /// MiniLM-L6's configuration with some members replaced; nil removes one.
  private func configuration(_ changes: [String: Any?] = [:]) throws -> Data {
    var members: [String: Any] = [
      "model_type": "bert", "hidden_act": "gelu", "hidden_size": 384, "num_hidden_layers": 6,
      "num_attention_heads": 12, "intermediate_size": 1536, "vocab_size": 30522,
      "max_position_embeddings": 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
      "position_embedding_type": "absolute", "architectures": ["BertModel"],
    ]
    for (key, value) in changes { members[key] = value }
    return try JSONSerialization.data(withJSONObject: members)
  }

  @Test("MiniLM-L6 has 31 sites in execution order")
  func sites() throws {
    let model = try ModelDescription(configuration: configuration())
    #expect(model.family == .bert)
    #expect(model.headSize == 32)
    #expect(model.layerNormEpsilon == 1e-12)
    let sites = model.sites
    #expect(sites.count == 31)
    #expect(Set(sites.map(\.name)).count == 31)
    #expect(
      sites.prefix(6).map(\.name) == [
        "embeddings.LayerNorm.rsqrt",
        "encoder.layer.0.attention.softmax.exp",
        "encoder.layer.0.attention.softmax.reciprocal",
        "encoder.layer.0.attention.output.LayerNorm.rsqrt",
        "encoder.layer.0.intermediate.gelu",
        "encoder.layer.0.output.LayerNorm.rsqrt",
      ])
    #expect(sites.last?.name == "encoder.layer.5.output.LayerNorm.rsqrt")
    #expect(sites.allSatisfy { $0.name.hasSuffix($0.function.rawValue) })
  }

  @Test("expected tensors have the shapes the sizes ask for")
  func tensors() throws {
    let model = try ModelDescription(configuration: configuration())
    let shapes = Dictionary(
      model.expectedTensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    #expect(shapes.count == 3 + 2 + 6 * 16)
    #expect(shapes.count == model.expectedTensors.count)
    #expect(shapes["embeddings.word_embeddings.weight"] == [30522, 384])
    #expect(shapes["encoder.layer.5.intermediate.dense.weight"] == [1536, 384])
    #expect(shapes["encoder.layer.5.output.dense.weight"] == [384, 1536])
    #expect(shapes["encoder.layer.0.attention.self.key.bias"] == [384])
  }

  @Test("what transformers takes for granted may be absent")
  func defaults() throws {
    let model = try ModelDescription(
      configuration: configuration([
        "hidden_act": nil as Any?, "layer_norm_eps": nil as Any?,
        "position_embedding_type": nil as Any?,
      ]))
    #expect(model.layerNormEpsilon == 1e-12)
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    var key: String
    /// The member's JSON; nil removes the key.
    var json: String?
    var mentions: [String]
    var testDescription: String { "\(key): \(json ?? "absent")" }
  }

  static let bad = [
    Bad(key: "model_type", json: nil, mentions: ["model_type", "missing"]),
    Bad(key: "model_type", json: "\"t5\"", mentions: ["model_type", "t5", "\"bert\""]),
    Bad(key: "model_type", json: "7", mentions: ["model_type", "7"]),
    Bad(key: "hidden_act", json: "\"mish\"", mentions: ["hidden_act", "mish", "gelu_new"]),
    Bad(
      key: "position_embedding_type", json: "\"relative_key\"",
      mentions: ["position_embedding_type", "relative_key", "absolute"]),
    Bad(key: "is_decoder", json: "true", mentions: ["is_decoder", "true"]),
    Bad(key: "is_decoder", json: "\"no\"", mentions: ["is_decoder", "no"]),
    Bad(key: "hidden_size", json: nil, mentions: ["hidden_size", "missing"]),
    Bad(key: "hidden_size", json: "0", mentions: ["hidden_size", "0"]),
    Bad(key: "hidden_size", json: "-384", mentions: ["hidden_size", "-384"]),
    Bad(key: "hidden_size", json: "385", mentions: ["num_attention_heads", "12", "385"]),
    Bad(key: "hidden_size", json: "384.5", mentions: ["hidden_size", "384.5"]),
    Bad(key: "hidden_size", json: "\"384\"", mentions: ["hidden_size", "\"384\""]),
    Bad(key: "hidden_size", json: "1e30", mentions: ["hidden_size", "1e+30", "16384"]),
    Bad(key: "num_hidden_layers", json: "1000000", mentions: ["num_hidden_layers", "256"]),
    Bad(key: "num_attention_heads", json: "7", mentions: ["num_attention_heads", "7", "384"]),
    Bad(key: "vocab_size", json: "9223372036854775807", mentions: ["vocab_size"]),
    Bad(key: "vocab_size", json: "[30522]", mentions: ["vocab_size", "a list"]),
    Bad(key: "type_vocab_size", json: "{}", mentions: ["type_vocab_size", "an object"]),
    Bad(key: "layer_norm_eps", json: "0", mentions: ["layer_norm_eps", "0"]),
    Bad(key: "layer_norm_eps", json: "-1", mentions: ["layer_norm_eps", "-1"]),
    Bad(key: "layer_norm_eps", json: "1e-60", mentions: ["layer_norm_eps", "1e-60"]),
    Bad(key: "layer_norm_eps", json: "\"small\"", mentions: ["layer_norm_eps", "small"]),
  ]

  @Test("a configuration that lies is refused, naming key and value", arguments: bad)
  func refused(bad: Bad) throws {
    var members = try #require(
      JSONSerialization.jsonObject(with: configuration()) as? [String: Any])
    if let json = bad.json {
      members[bad.key] = try JSONSerialization.jsonObject(
        with: Data(json.utf8), options: .fragmentsAllowed)
    } else {
      members[bad.key] = nil
    }
    let bytes = try JSONSerialization.data(withJSONObject: members)
    let error = try #require(throws: ModelError.self) { try ModelDescription(configuration: bytes) }
    for text in bad.mentions { #expect("\(error)".contains(text), "\(error)") }
  }

  @Test("text that is no JSON object is refused", arguments: ["", "{", "[1]", "null", "<html>"])
  func notJSON(text: String) {
    #expect(throws: ModelError.self) { try ModelDescription(configuration: Data(text.utf8)) }
  }

  @Test("a file that is too large is not parsed")
  func tooLarge() {
    #expect(throws: ModelError.tooLarge(bytes: 1_048_577, limit: 1_048_576)) {
      try ModelDescription(configuration: Data(repeating: 0x20, count: 1_048_577))
    }
  }
}
