import Artifacts
import Foundation
import ObjectStorage
import Testing

/// Which files of a model directory count.
struct ModelFilesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func digest(_ files: [String: String]) throws -> ContentDigest {
    let place = "m\(UUID())"
    for (path, text) in files { try folder.write(text, to: "\(place)/\(path)") }
    var policy = FetchPolicy()
    policy.allowedFolders = [folder.url]
    return try SourceCache(directory: folder.url.appending(path: "cache"), policy: policy)
      .resolve("file:\(place)", wanting: .model).digest
  }

  private func listing(_ files: [String: String], _ names: [String]) throws -> ContentDigest {
    let lines = try names.sorted().map { name in
      let text = Data(try #require(files[name]).utf8)
      return "\(name)\0\(text.count)\0\(ContentDigest(of: text).hexadecimal)\n"
    }
    return ContentDigest(of: Data(lines.joined().utf8))
  }

  /// The demonstration's results name this digest.
  @Test func ofASentenceEncoderTheSameFilesCountAsEver() throws {
    let files = [
      "1_Pooling/config.json": "{}", "README.md": "", "config.json": "{\"a\": 1}",
      "config_sentence_transformers.json": "{}", "data_config.json": "{}",
      "model.safetensors": "w", "sentence_bert_config.json": "{}",
      "modules.json": #"[{"path": ""}, {"path": "1_Pooling"}, {"path": "2_Normalize"}]"#,
      "special_tokens_map.json": "{}", "tokenizer.json": "{}", "tokenizer_config.json": "{}",
      "vocab.txt": "[PAD]",
    ]
    let counted = [
      "1_Pooling/config.json", "config.json", "model.safetensors", "modules.json",
      "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
    ]
    #expect(try digest(files) == listing(files, counted))
  }

  @Test func shardsTokenizersAndPoolingFoldersCount() throws {
    let index = #"{"weight_map": {"a": "s-1.safetensors", "b": "s-2.safetensors"}}"#
    let counted = [
      "7_Pool/config.json": "{}", "added_tokens.json": "{}", "config.json": "{}",
      "merges.txt": "a b", "model.safetensors.index.json": index,
      "modules.json": #"[{"path": "7_Pool"}]"#, "s-1.safetensors": "1", "s-2.safetensors": "2",
      "special_tokens_map.json": "{}", "tokenizer_config.json": "{}", "vocab.json": "{}",
    ]
    let others = ["s-3.safetensors": "3", "8_Pool/config.json": "{}", "onnx/model.onnx": ""]
    let files = counted.merging(others) { $1 }
    #expect(try digest(files) == listing(files, Array(counted.keys)))
  }

  @Test func besideOneFileOfWeightsShardsDoNotCount() throws {
    let counted = ["config.json": "{}", "model.safetensors": "w"]
    let others = [
      "model.safetensors.index.json": #"{"weight_map": {"a": "s-1.safetensors"}}"#,
      "s-1.safetensors": "1",
    ]
    let files = counted.merging(others) { $1 }
    #expect(try digest(files) == listing(files, Array(counted.keys)))
  }

  @Test(arguments: [
    ([:], "no config.json"), (["config.json": "{}"], "no model.safetensors and no"),
    (
      ["config.json": "{}", "pytorch_model.bin": "x"],
      "save_pretrained(FOLDER, safe_serialization=True)"
    ),
    (
      ["config.json": "{}", "model.safetensors.index.json": #"{"weight_map": {}}"#],
      "it names 0 files"
    ),
    (
      [
        "config.json": "{}",
        "model.safetensors.index.json": #"{"weight_map": {"a": "x.safetensors"}}"#,
      ], "no x.safetensors, which model.safetensors.index.json names"
    ),
    (
      ["config.json": "{}", "model.safetensors": "w", "modules.json": #"[{"path": "../x"}]"#],
      "names '../x'"
    ),
    (["config.json": "{}", "model.safetensors": "w", "modules.json": "{}"], "(modules.json)"),
  ])
  func whatIsMissingOrWrongIsNamed(files: [String: String], says: String) throws {
    let error = #expect(throws: SourceError.self) {
      try digest(files.merging(["x.txt": ""]) { $1 })
    }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
  }
}
