import Foundation

/// How a sentence embedding is made from hidden states: what the `sentence-transformers` files of
/// a model directory say.
struct SentenceModules: Hashable, Sendable {
  enum Pooling: Hashable, Sendable {
    /// The mean over a sequence's tokens.
    case mean
    /// The hidden state of the first token.
    case firstToken
  }

  var pooling = Pooling.mean
  var normalizes = true
  /// Tokens after which a text is cut; nil = the model's maximum.
  var maximumLength: Int?
  /// Whether the directory has a `modules.json`.
  var isSentenceEncoder = false

  /// Reads `modules.json`, the pooling module's `config.json` and `sentence_bert_config.json`.
  /// Where a file is absent: mean pooling, L2 normalisation, the model's maximum length.
  ///
  /// - Throws: ``TransformersError`` naming file and key.
  init(directory: URL, hiddenSize: Int) throws {
    var poolingPath = "1_Pooling"
    if let file = try ModuleFile(directory, "modules.json") {
      isSentenceEncoder = true
      let entries = try file.decode([ModuleEntry].self)
      let kinds = entries.map { $0.type.split(separator: ".").last.map(String.init) ?? "" }
      guard
        kinds == ["Transformer", "Pooling"] || kinds == ["Transformer", "Pooling", "Normalize"]
      else {
        throw file.unsupported(
          "type", found: kinds.joined(separator: ", "),
          supported: "Transformer, Pooling and, if wanted, Normalize, in this order")
      }
      guard entries[0].path.isEmpty else {
        throw file.unsupported(
          "path", found: "\"\(entries[0].path)\" for the Transformer",
          supported: "\"\" (its files beside modules.json)")
      }
      poolingPath = entries[1].path
      guard !poolingPath.isEmpty, !poolingPath.hasPrefix("/"),
        !poolingPath.split(separator: "/").contains("..")
      else {
        throw file.unsupported(
          "path", found: "\"\(poolingPath)\" for Pooling", supported: "a folder of the model")
      }
      normalizes = kinds.count == 3
    }
    if let file = try ModuleFile(directory, "\(poolingPath)/config.json") {
      pooling = try Self.pooling(file, hiddenSize: hiddenSize)
    }
    if let file = try ModuleFile(directory, "sentence_bert_config.json") {
      maximumLength = try file.decode(SentenceConfiguration.self).maximumLength
      if let maximumLength, maximumLength < 2 {
        throw file.unsupported(
          "max_seq_length", found: "\(maximumLength)", supported: "a whole number from 2")
      }
    }
  }

  /// Appends the embedding of one sequence of `hidden` [T, dimensions].
  func pool(
    _ hidden: UnsafePointer<Float>, _ sequence: Range<Int>, dimensions: Int,
    into embeddings: inout [Float]
  ) {
    let first = hidden + sequence.lowerBound * dimensions
    var embedding = Array(UnsafeBufferPointer(start: first, count: dimensions))
    if pooling == .mean {
      for row in sequence.dropFirst() {
        let state = hidden + row * dimensions
        for column in 0..<dimensions { embedding[column] += state[column] }
      }
      let count = Float(sequence.count)
      for column in 0..<dimensions { embedding[column] /= count }
    }
    if normalizes {
      var squares: Float = 0
      for value in embedding { squares += value * value }
      let length = max(squares.squareRoot(), 1e-12)
      for column in 0..<dimensions { embedding[column] /= length }
    }
    embeddings += embedding
  }

  private static func pooling(_ file: ModuleFile, hiddenSize: Int) throws -> Pooling {
    let configuration = try file.decode(PoolingConfiguration.self)
    if let width = configuration.width, width != hiddenSize {
      throw file.unsupported(
        "word_embedding_dimension", found: "\(width)", supported: "\(hiddenSize), the hidden size")
    }
    let modes = configuration.modes
    switch modes {
    case ["mean_tokens"], ["mean"]: return .mean
    case ["cls_token"], ["cls"]: return .firstToken
    default:
      throw file.unsupported(
        "pooling_mode", found: modes.isEmpty ? "nothing" : modes.joined(separator: " + "),
        supported: "mean_tokens or cls_token, one of them")
    }
  }
}

/// One element of `modules.json`.
private struct ModuleEntry: Decodable {
  var type: String
  var path: String
}

private struct SentenceConfiguration: Decodable {
  var maximumLength: Int?

  enum CodingKeys: String, CodingKey {
    case maximumLength = "max_seq_length"
  }
}

/// The pooling module's `config.json`: one `pooling_mode_…` flag per mode, or `pooling_mode`.
private struct PoolingConfiguration: Decodable {
  var width: Int?
  /// The modes asked for, sorted.
  var modes: [String] = []

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    width = try container.decodeIfPresent(
      Int.self, forKey: Key(stringValue: "word_embedding_dimension"))
    let prefix = "pooling_mode"
    for key in container.allKeys where key.stringValue.hasPrefix(prefix) {
      if key.stringValue == prefix {
        modes.append(try container.decode(String.self, forKey: key))
      } else if try container.decode(Bool.self, forKey: key) {
        modes.append(String(key.stringValue.dropFirst(prefix.count + 1)))
      }
    }
    modes.sort()
  }
}
