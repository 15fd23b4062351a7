import Foundation

/// A JSON file of a tokenizer, with errors that name file and key.
struct TokenizerDocument {
  /// Larger files are refused: 128 MiB.
  static let maximumBytes = 1 << 27

  let file: String
  let root: JSONValue

  /// - Throws: `TokenizerError` when the file cannot be read, is too large or no JSON object.
  init(contentsOf url: URL) throws {
    file = url.path
    do {
      root = try JSONParser.parse(try Self.bytes(of: url))
    } catch let failure as JSONParser.Failure {
      throw TokenizerError(
        file: url.path, line: failure.line, problem: failure.problem,
        remedy: "fetch the file again; it must be one JSON object")
    }
    guard root.object != nil else {
      throw TokenizerError(
        file: url.path, line: 1, problem: "not a JSON object",
        remedy: "fetch the file again; it must be one JSON object")
    }
  }

  static func bytes(of url: URL) throws -> [UInt8] {
    do {
      let size = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int ?? 0
      guard size <= maximumBytes else {
        throw TokenizerError(
          file: url.path, problem: "the file has \(size) bytes, more than \(maximumBytes)",
          remedy: "is this the tokenizer's own file?")
      }
      return [UInt8](try Data(contentsOf: url))
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw TokenizerError(
        file: url.path, problem: "cannot read the file (\(error.localizedDescription))",
        remedy:
          "add tokenizer.json, vocab.txt, or vocab.json and merges.txt to the model's directory")
    }
  }

  /// The lines of a text file, without their ends.
  static func lines(of url: URL) throws -> [String] {
    var lines = try bytes(of: url).split(separator: 10, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return try lines.enumerated().map { index, line in
      let line = line.last == 13 ? line.dropLast() : line
      guard let text = String(validating: line, as: UTF8.self) else {
        throw TokenizerError(
          file: url.path, line: index + 1, problem: "the line is not valid UTF-8",
          remedy: "fetch the file again")
      }
      return text
    }
  }

  func error(_ key: String, _ problem: String, _ remedy: String) -> TokenizerError {
    TokenizerError(file: file, key: key, problem: problem, remedy: remedy)
  }

  /// A key's value turned by `read`; nil where the key is missing or null.
  func optional<Value>(
    _ key: String, in value: JSONValue, at path: String, _ what: String,
    _ read: (JSONValue) -> Value?
  ) throws -> Value? {
    guard let member = value[key], !member.isNull else { return nil }
    guard let result = read(member) else {
      throw error(path.isEmpty ? key : "\(path).\(key)", "not \(what)", "write \(what)")
    }
    return result
  }

  /// As `optional`, where the key must be there.
  func required<Value>(
    _ key: String, in value: JSONValue, at path: String, _ what: String,
    _ read: (JSONValue) -> Value?
  ) throws -> Value {
    guard let result = try optional(key, in: value, at: path, what, read) else {
      throw error(path.isEmpty ? key : "\(path).\(key)", "missing", "add \(what)")
    }
    return result
  }
}
