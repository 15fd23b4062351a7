import Foundation

/// What `tokenizer_config.json` says about the length of a sequence.
struct TokenizerLimit {
  /// Tokens after which `transformers` cuts a text; nil = the model's maximum.
  let maximumLength: Int?

  /// - Throws: ``TransformersError`` naming file and key.
  init(directory: URL) throws {
    guard let file = try ModuleFile(directory, "tokenizer_config.json"),
      let length = try file.decode(Document.self).maximumLength
    else {
      maximumLength = nil
      return
    }
    guard length >= 2 else {
      throw file.unsupported(
        "model_max_length", found: "\(length)", supported: "a whole number from 2")
    }
    // "No limit" is written as 1e30.
    maximumLength = length < 1e9 ? Int(length) : nil
  }

  private struct Document: Decodable {
    var maximumLength: Double?

    enum CodingKeys: String, CodingKey {
      case maximumLength = "model_max_length"
    }
  }
}
