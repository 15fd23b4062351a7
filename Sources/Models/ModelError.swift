/// What in a model's `config.json` cannot be used. Every message names the key, the value found
/// and what is supported.
public enum ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text is no JSON object; `reason` says where it stops being one.
  case notJSON(reason: String)
  case tooLarge(bytes: Int, limit: Int)
  case missingKey(String)
  /// `supported` completes the sentence "supported: …".
  case unsupported(key: String, found: String, supported: String)
  /// `key` is the width's name.
  case headsDoNotDivide(hiddenSize: Int, heads: Int, headsKey: String, sizeKey: String)

  public var description: String {
    switch self {
    case .notJSON(let reason):
      "config.json: not a JSON object (\(reason)); take the file as the model's author published it"
    case .tooLarge(let bytes, let limit):
      "config.json: \(bytes) bytes; at most \(limit) are read"
    case .missingKey(let key):
      "config.json: key \"\(key)\" is missing; the model needs it"
    case .unsupported(let key, let found, let supported):
      "config.json: \"\(key)\" is \(found); supported: \(supported)"
    case .headsDoNotDivide(let hiddenSize, let heads, let headsKey, let sizeKey):
      "config.json: \"\(headsKey)\" is \(heads), which does not divide \"\(sizeKey)\" \(hiddenSize)"
    }
  }
}
