import Foundation
import Models
import Safetensors
import Testing

@testable import Transformers

@Suite("Loading a model directory")
struct LoadingTests {
  static let tokens: [[Int32]] = [[2, 50, 60, 70, 3]]

  private func states(_ directory: URL) throws -> [Float] {
    let encoder = try SentenceEncoder(directory: directory)
    return try encoder.hiddenStates(
      tokens: Self.tokens, nonlinearities: .exact(encoder.description))[0]
  }

  @Test("names with the prefix bert. and further tensors are accepted")
  func prefix() throws {
    let plain = try RandomBert.withDirectory { try states($0) }
    try RandomBert.withDirectory { directory in
      try RandomBert.rewriteWeights(directory) { tensor in
        var tensor = tensor
        tensor.name = "bert.\(tensor.name)"
        return tensor
      }
      #expect(try states(directory) == plain)
    }
  }

  @Test("BF16 weights are widened")
  func brainFloats() throws {
    let plain = try RandomBert.withDirectory { try states($0) }
    try RandomBert.withDirectory { directory in
      try RandomBert.rewriteWeights(directory) { tensor in
        var tensor = tensor
        tensor.dtype = .bf16
        return tensor
      }
      let difference = largestDifference(try states(directory), plain)
      #expect(difference > 0 && difference < 0.1)
    }
  }

  private func expectError(
    _ mentions: [String], sourceLocation: SourceLocation = #_sourceLocation,
    change: (URL) throws -> Void
  ) throws {
    try RandomBert.withDirectory(change: change) { directory in
      do {
        _ = try SentenceEncoder(directory: directory)
        Issue.record("the directory was accepted", sourceLocation: sourceLocation)
      } catch {
        for text in mentions {
          #expect("\(error)".contains(text), "\(error)", sourceLocation: sourceLocation)
        }
      }
    }
  }

  @Test("weights that do not fit the configuration name file and tensor")
  func weights() throws {
    let damaged = "encoder.layer.1.output.dense.weight"
    try expectError(["model.safetensors", damaged, "missing"]) { directory in
      try RandomBert.rewriteWeights(directory) { $0.name == damaged ? nil : $0 }
    }
    try expectError(["model.safetensors", damaged, "[64, 32]", "[32, 64]"]) { directory in
      try RandomBert.rewriteWeights(directory) { tensor in
        var tensor = tensor
        if tensor.name == damaged { tensor.shape.reverse() }
        return tensor
      }
    }
    for bad in [Float.nan, -.infinity] {
      try expectError(["model.safetensors", damaged, "NaN"]) { directory in
        try RandomBert.rewriteWeights(directory) { tensor in
          var tensor = tensor
          if tensor.name == damaged { tensor.floats[777] = bad }
          return tensor
        }
      }
    }
    try expectError(["model.safetensors", "cannot be opened"]) { directory in
      try FileManager.default.removeItem(at: directory.appending(path: "model.safetensors"))
    }
  }

  @Test("files beside the weights that ask for something else name file and key")
  func modules() throws {
    try expectError(["config.json", "cannot be read"]) { directory in
      try FileManager.default.removeItem(at: directory.appending(path: "config.json"))
    }
    try expectError(["model_type", "t5"]) {
      try RandomBert.edit($0, "config.json", "\"bert\"", "\"t5\"")
    }
    try expectError(["modules.json", "Dense"]) {
      try RandomBert.edit($0, "modules.json", "models.Normalize", "models.Dense")
    }
    try expectError(["modules.json", "path", "../x"]) {
      try RandomBert.edit($0, "modules.json", "\"1_Pooling\"", "\"../x\"")
    }
    try expectError(["modules.json", "JSON"]) {
      try RandomBert.edit($0, "modules.json", "[", "")
    }
    try expectError(["1_Pooling/config.json", "max_tokens + mean_tokens"]) {
      try RandomBert.edit($0, "1_Pooling/config.json", "max_tokens\": false", "max_tokens\": true")
    }
    try expectError(["1_Pooling/config.json", "word_embedding_dimension", "33"]) {
      try RandomBert.edit($0, "1_Pooling/config.json", ": 32", ": 33")
    }
    try expectError(["sentence_bert_config.json", "max_seq_length", "1"]) {
      try RandomBert.edit($0, "sentence_bert_config.json", "48", "1")
    }
  }

  @Test("pooling, normalisation and length are as the files say")
  func honoured() throws {
    func embedding(_ change: (URL) throws -> Void) throws -> (values: [Float], maximum: Int) {
      try RandomBert.withDirectory(change: change) { directory in
        let encoder = try SentenceEncoder(directory: directory)
        let exact = Nonlinearities.exact(encoder.description)
        return (
          try encoder.embed(["a dog"], nonlinearities: exact) { _ in }, encoder.maximumLength
        )
      }
    }
    func length(_ values: [Float]) -> Float {
      values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let plain = try embedding { _ in }
    #expect(abs(length(plain.values) - 1) < 1e-6 && plain.maximum == 48)
    let first = try embedding {
      try RandomBert.edit(
        $0, "1_Pooling/config.json", "mean_tokens\": true", "mean_tokens\": false")
      try RandomBert.edit($0, "1_Pooling/config.json", "cls_token\": false", "cls_token\": true")
    }
    #expect(abs(length(first.values) - 1) < 1e-6)
    #expect(largestDifference(first.values, plain.values) > 1e-2)
    let raw = try embedding { directory in
      let url = directory.appending(path: "modules.json")
      let entries = try #require(
        JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [Any])
      try JSONSerialization.data(withJSONObject: Array(entries.prefix(2))).write(to: url)
    }
    #expect(abs(length(raw.values) - 1) > 1e-2)
    let bare = try embedding { directory in
      for file in ["modules.json", "1_Pooling", "sentence_bert_config.json"] {
        try FileManager.default.removeItem(at: directory.appending(path: file))
      }
    }
    #expect(bare.values == plain.values && bare.maximum == 64)
  }

  @Test("sequences and tokens the model does not take are refused")
  func sequences() throws {
    try RandomBert.withDirectory { directory in
      let encoder = try SentenceEncoder(directory: directory)
      let exact = Nonlinearities.exact(encoder.description)
      func error(_ tokens: [[Int32]]) -> TransformersError? {
        #expect(throws: TransformersError.self) {
          try encoder.hiddenStates(tokens: tokens, nonlinearities: exact)
        }
      }
      let good: [Int32] = [2, 3]
      #expect(error([good, []]) == .sequenceLength(sequence: 1, length: 0, maximum: 64))
      #expect(
        error([[Int32](repeating: 5, count: 65)])
          == .sequenceLength(sequence: 0, length: 65, maximum: 64))
      for token: Int32 in [-1, 285, .max] {
        #expect(
          error([good, good, [2, token]])
            == .unknownToken(sequence: 2, token: token, vocabularySize: 285))
      }
    }
  }
}
