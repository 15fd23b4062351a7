import Foundation
import Models
import Testing

@Suite("Damaged config.json")
struct ConfigurationMutationTests {
  private static let text = """
    {"architectures": ["MobileBertForSequenceClassification"], "model_type": "mobilebert",
     "hidden_size": 512, "num_hidden_layers": 24, "num_attention_heads": 4, "vocab_size": 30522,
     "intermediate_size": 512, "embedding_size": 128, "hidden_act": "gelu", "type_vocab_size": 2,
     "max_position_embeddings": 512, "intra_bottleneck_size": 128, "trigram_input": true,
     "normalization_type": "layer_norm", "num_feedforward_networks": 4, "layer_norm_eps": 1e-12,
     "id2label": {"0": "negative", "1": "positive"}, "problem_type": "single_label_classification"}
    """

  @Test("is read as a model that can be, or refused", arguments: [1, 2, 3] as [UInt64])
  func mutations(seed: UInt64) {
    var state = seed
    func draw(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let scraps = ["0", "-1", "9", "e9", "null", "\"", "{", "[", "}", "]", ",", ":", "\\u", "1e999"]
    var accepted = 0
    for _ in 0..<600 {
      var bytes = Array(Self.text.utf8)
      for _ in 0...draw(3) {
        let place = draw(bytes.count)
        switch draw(3) {
        case 0: bytes[place] = UInt8(draw(256))
        case 1: bytes.insert(contentsOf: scraps[draw(scraps.count)].utf8, at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + 1 + draw(4)))
        }
      }
      do {
        let model = try ModelDescription(configuration: Data(bytes))
        accepted += 1
        #expect(model.innerSize % model.heads == 0 && model.headSize > 0, "seed \(seed)")
        #expect((1...16_384).contains(model.maximumPositions), "seed \(seed)")
        #expect(model.sites.count < 10_000, "seed \(seed)")
        #expect(model.expectedTensors.allSatisfy { $0.shape.allSatisfy { $0 > 0 } })
      } catch {
        #expect(error is ModelError, "seed \(seed): \(error)")
      }
    }
    #expect(accepted > 0)
  }
}
