/// Why a model cannot be loaded or run. Every message names the file, tensor or input and the
/// remedy.
public enum TransformersError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file of the model is missing or cannot be read.
  case unreadable(file: String, reason: String)
  /// A file of the model says something that is not supported.
  case unsupported(file: String, key: String, found: String, supported: String)
  /// The directory has no safetensors, only what PyTorch pickled.
  case onlyPickledWeights(file: String)
  case missingTensor(file: String, tensor: String)
  case wrongShape(file: String, tensor: String, found: [Int], expected: [Int])
  case wrongType(file: String, tensor: String, found: String)
  case notFinite(file: String, tensor: String)
  /// A table was given for a site that the model does not have.
  case unknownSite(String, example: String)
  /// The non-linearities were prepared for a model with other sites.
  case siteCount(found: Int, expected: Int)
  case sequenceLength(sequence: Int, length: Int, maximum: Int)
  case unknownToken(sequence: Int, token: Int32, vocabularySize: Int)
  case unknownType(sequence: Int, type: Int32, typeVocabularySize: Int)
  /// `types` are not one for each token.
  case typeCount(sequence: Int, found: Int, expected: Int)
  /// `wanted` names the head that was asked for, `found` the model's.
  case otherHead(wanted: String, found: String)
  case noMaskToken
  /// An int8 model was asked for and no range given for what one of its linear layers reads.
  case missingRange(String)
  case infiniteRange(String)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): \(reason)"
    case .unsupported(let file, let key, let found, let supported):
      "\(file): \"\(key)\" is \(found); supported: \(supported)"
    case .onlyPickledWeights(let file):
      "\(file): pickled weights are not read, since reading them runs code; convert them once, in "
        + "their folder: python3 -c \"import torch, safetensors.torch as s; "
        + "w = torch.load('pytorch_model.bin', map_location='cpu', weights_only=True); "
        + "s.save_file({k: v.clone().contiguous() for k, v in w.items()}, 'model.safetensors')\""
    case .missingTensor(let file, let tensor):
      "\(file): tensor \"\(tensor)\" is missing, with and without its family's prefix; "
        + "config.json and the weights must belong to one model"
    case .wrongShape(let file, let tensor, let found, let expected):
      "\(file): tensor \"\(tensor)\" has shape \(found), config.json asks for \(expected)"
    case .wrongType(let file, let tensor, let found):
      "\(file): tensor \"\(tensor)\" is \(found); supported: F32, F16, BF16"
    case .notFinite(let file, let tensor):
      "\(file): tensor \"\(tensor)\" holds NaN or infinite values; the weights are damaged: "
        + "fetch them again"
    case .unknownSite(let name, let example):
      "the model has no site \"\(name)\"; its sites are named like \"\(example)\""
    case .siteCount(let found, let expected):
      "the non-linearities were made for \(found) sites, the model has \(expected); "
        + "make them from this model's description"
    case .sequenceLength(let sequence, let length, let maximum):
      "sequence \(sequence) has \(length) tokens; the model takes 1 to \(maximum)"
    case .unknownToken(let sequence, let token, let vocabularySize):
      "sequence \(sequence) holds token \(token); the vocabulary has 0 to \(vocabularySize - 1), "
        + "so the tokenizer belongs to another model"
    case .unknownType(let sequence, let type, let typeVocabularySize):
      "sequence \(sequence) holds token type \(type); "
        + (typeVocabularySize == 0
          ? "the model has no token types" : "the model has 0 to \(typeVocabularySize - 1)")
    case .typeCount(let sequence, let found, let expected):
      "sequence \(sequence) has \(found) token types for \(expected) tokens; give one for each"
    case .otherHead(let wanted, let found):
      "the model's head is \(found), not \(wanted): \"architectures\" in its config.json says so; "
        + "take a model made for the evaluation"
    case .noMaskToken:
      "the tokenizer names no mask token; tokenizer_config.json or special_tokens_map.json must have "
        + "\"mask_token\""
    case .missingRange(let name):
      "an int8 model needs the range of each linear layer's input, and \"\(name)\" has none; "
        + "record the model's linear inputs over calibration text and give all of them"
    case .infiniteRange(let name):
      "the range of the linear input \"\(name)\" is not finite; take percentiles of its histogram, "
        + "which leave infinite values out"
    }
  }
}
