import Foundation
import Testing

@testable import Transformers

@Suite("Loading every family's weights")
struct FamilyLoadingTests {
  private func outputs(_ fixture: FamilyFixture, _ directory: URL) throws -> [[Float]] {
    let model = try TextModel(directory: directory)
    return try model.outputs(
      tokens: fixture.sequences.map(\.tokens), nonlinearities: .exact(model.description))
  }

  @Test(
    "names without the family's prefix and with gamma and beta give the same bits",
    arguments: ["bert words", "roberta", "distilbert", "albert", "electra words", "mobilebert"])
  func names(name: String) throws {
    let fixture = try FamilyFixture.named(name)
    let plain = try fixture.withDirectory { try outputs(fixture, $0) }
    func legacy(_ name: String) -> String? {
      let bare = name.split(separator: ".", maxSplits: 1)
      let isEncoder = ["bert", "roberta", "distilbert", "albert", "electra", "mobilebert"]
        .contains { bare[0] == $0 }
      return (isEncoder ? String(bare[1]) : name)
        .replacing("LayerNorm.weight", with: "LayerNorm.gamma")
        .replacing("LayerNorm.bias", with: "LayerNorm.beta")
    }
    let renamed = try fixture.withDirectory(rename: legacy) { try outputs(fixture, $0) }
    #expect(renamed == plain)
  }

  @Test("parts named by an index give the same bits", arguments: [2, 5])
  func parts(count: Int) throws {
    let fixture = try FamilyFixture.named("bert words")
    let plain = try fixture.withDirectory { try outputs(fixture, $0) }
    let parts = try fixture.withDirectory(parts: count) { try outputs(fixture, $0) }
    #expect(parts == plain)
  }

  private func expectError(
    _ mentions: [String], case name: String = "bert relu", parts: Int = 1,
    without missing: String? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    change: (URL) throws -> Void = { _ in }
  ) throws {
    let fixture = try FamilyFixture.named(name)
    func kept(_ name: String) -> String? { name == missing ? nil : name }
    try fixture.withDirectory(rename: kept, parts: parts) { directory in
      try change(directory)
      do {
        _ = try TextModel(directory: directory)
        Issue.record("the directory was accepted", sourceLocation: sourceLocation)
      } catch {
        for text in mentions {
          #expect("\(error)".contains(text), "\(error)", sourceLocation: sourceLocation)
        }
      }
    }
  }

  @Test("an index that lies names itself and the key")
  func index() throws {
    let index = "model.safetensors.index.json"
    func edit(_ old: String, _ new: String) -> (URL) throws -> Void {
      { try RandomBert.edit($0, index, old, new) }
    }
    func write(_ text: String) -> (URL) throws -> Void {
      { try Data(text.utf8).write(to: $0.appending(path: index)) }
    }
    try expectError([index, "weight_map", "../model-1"], parts: 2) {
      try edit("model-1", "../model-1")($0)
    }
    try expectError([index, "weight_map", "\"/etc/passwd\""], parts: 2) {
      try write(#"{"weight_map": {"classifier.bias": "/etc/passwd"}}"#)($0)
    }
    try expectError([index, "weight_map.", "no such tensor"], parts: 2) {
      try edit("classifier.bias", "classifier.bios")($0)
    }
    try expectError(["model-7.safetensors", "cannot be opened"], parts: 2) {
      try edit("model-1", "model-7")($0)
    }
    try expectError([index, "weight_map", "missing"], parts: 2) { try write("{}")($0) }
    try expectError([index, "0 files"], parts: 2) { try write(#"{"weight_map": {}}"#)($0) }
    try expectError([index, "weight_map.a"], parts: 2) {
      try write(#"{"weight_map": {"a": 7}}"#)($0)
    }
    try expectError([index, "JSON"], parts: 2) { try write("<html>")($0) }
  }

  @Test("pickled weights alone say how to convert them")
  func pickled() throws {
    try expectError(["pytorch_model.bin", "torch.load", "model.safetensors"]) { directory in
      try FileManager.default.moveItem(
        at: directory.appending(path: "model.safetensors"),
        to: directory.appending(path: "pytorch_model.bin"))
    }
  }

  @Test("a head without its tensors, or with others, names file and tensor")
  func heads() throws {
    try expectError(
      ["model.safetensors", "pooler.dense.weight", "missing"], without: "bert.pooler.dense.weight")
    try expectError(["model.safetensors", "classifier.weight", "[3, 16]", "[2, 16]"]) {
      try RandomBert.edit($0, "config.json", ",\n    \"2\": \"good\"", "")
    }
    try expectError(
      ["lm_head.layer_norm.weight", "missing"], case: "roberta words",
      without: "lm_head.layer_norm.weight")
  }

  @Test("a sentence encoder has no head, whatever its configuration says")
  func sentenceEncoder() throws {
    let fixture = try FamilyFixture.named("roberta words")
    func encoderOnly(_ name: String) -> String? { name.hasPrefix("lm_head") ? nil : name }
    try fixture.withDirectory(rename: encoderOnly) { directory in
      let module = "sentence_transformers.models."
      let modules = [("", "Transformer"), ("1_Pooling", "Pooling")].map {
        ["path": $0.0, "type": module + $0.1]
      }
      try JSONEncoder().encode(modules).write(to: directory.appending(path: "modules.json"))
      let model = try TextModel(directory: directory)
      #expect(model.description.head == .none)
      let exact = Nonlinearities.exact(model.description)
      #expect(try model.embed(["ab", "c"], nonlinearities: exact) { _ in }.count == 32)
    }
  }

  @Test("the tokenizer's own limit holds where there is no other")
  func limit() throws {
    let fixture = try FamilyFixture.named("bert relu")
    func maximum(_ length: String) throws -> Int {
      try fixture.withDirectory { directory in
        try Data(#"{"model_max_length": \#(length)}"#.utf8)
          .write(to: directory.appending(path: "tokenizer_config.json"))
        return try TextModel(directory: directory).maximumLength
      }
    }
    #expect(try maximum("12") == 12)
    #expect(try maximum("512") == 20)
    #expect(try maximum("1000000000000000019884624838656") == 20)
    #expect(throws: TransformersError.self) { try maximum("1") }
  }

  @Test("token types that the model does not have are refused")
  func types() throws {
    let fixture = try FamilyFixture.named("bert")
    try fixture.withDirectory { directory in
      let model = try TextModel(directory: directory)
      let exact = Nonlinearities.exact(model.description)
      func error(_ types: [[Int32]]) -> TransformersError? {
        #expect(throws: TransformersError.self) {
          try model.hiddenStates(
            tokens: [[2, 3], [2, 5, 3]], types: types, nonlinearities: exact)
        }
      }
      #expect(
        error([[0, 1], [0, 2, 0]]) == .unknownType(sequence: 1, type: 2, typeVocabularySize: 2))
      #expect(error([[0, -1], [0, 0, 0]])?.description.contains("0 to 1") == true)
      #expect(error([[0, 1], [0, 1]]) == .typeCount(sequence: 1, found: 2, expected: 3))
      let tokens: [[Int32]] = [[2, 3], [2, 5, 3]]
      let plain = try model.hiddenStates(tokens: tokens, nonlinearities: exact)
      let zero = try model.hiddenStates(
        tokens: tokens, types: [[0, 0], [0, 0, 0]], nonlinearities: exact)
      let typed = try model.hiddenStates(
        tokens: tokens, types: [[0, 0], [0, 1, 1]], nonlinearities: exact)
      #expect(zero == plain && typed[0] == plain[0] && typed[1] != plain[1])
      #expect(error([[0, 1]]) == .typeCount(sequence: 1, found: 0, expected: 3))
    }
  }
}
