import Yams

/// Reads the one document of a job file into nodes that know their place.
enum YAMLDocument {
  static let maximumBytes = 1 << 20
  /// Anchors and aliases are refused wherever they are found. Finding them takes a whole parse, and
  /// few suffice to make that parse explode, so a text with many of what looks like one is refused
  /// before.
  private static let suspectLimit = 16

  static func root(of text: String, file: String) throws -> YAMLNode {
    guard text.utf8.count <= maximumBytes else {
      throw JobFileError(
        file: file, problem: "\(text.utf8.count) bytes; a job file has at most \(maximumBytes)")
    }
    if let line = crowdedLine(of: text) {
      throw JobFileError(file: file, line: line, problem: noAliases)
    }
    do {
      let parser = try Parser(yaml: text)
      // Nodes hold their anchors weakly: the parser has to outlive the look at them.
      return try withExtendedLifetime(parser) {
        guard let root = try parser.singleRoot() else {
          throw JobFileError(file: file, problem: "the file is empty")
        }
        try refuseAnchors(in: root, file: file)
        return YAMLNode(root, key: "", file: file)
      }
    } catch let error as YamlError {
      throw explained(error, file: file)
    }
  }

  private static let noAliases =
    "anchors (&) and aliases (*) are not read in job files; write the value out"

  /// The line with one suspect too many. Comment lines do not count, unless a quote on them leaves
  /// open whether they are comments.
  private static func crowdedLine(of text: String) -> Int? {
    var suspects = 0
    for (index, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
      .enumerated()
    {
      let isComment =
        line.first { $0 > 0x20 } == UInt8(ascii: "#")
        && !line.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
      if isComment { continue }
      suspects += self.suspects(in: line)
      if suspects > suspectLimit { return index + 1 }
    }
    return nil
  }

  /// How often & or * stands where a value could begin, with something right behind it.
  private static func suspects(in line: Substring.UTF8View) -> Int {
    var count = 0
    var isStart = true
    var isPending = false
    for byte in line {
      if isPending, byte > 0x20 { count += 1 }
      isPending = isStart && (byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"))
      isStart = byte <= 0x20 || ",[]{}:?-!".utf8.contains(byte)
    }
    return count
  }

  private static func refuseAnchors(in node: Node, file: String) throws {
    if node.anchor != nil {
      throw JobFileError(
        file: file, line: node.mark?.line, column: node.mark?.column, problem: noAliases)
    }
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        try refuseAnchors(in: key, file: file)
        try refuseAnchors(in: value, file: file)
      }
    case .sequence(let sequence):
      for value in sequence { try refuseAnchors(in: value, file: file) }
    case .scalar, .alias: break
    }
  }

  private static func explained(_ error: YamlError, file: String) -> JobFileError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      JobFileError(
        file: file, line: mark.line, column: mark.column, problem: "not valid YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      JobFileError(
        file: file, line: context.mark.line, column: context.mark.column,
        problem: "the key '\(duplicates.first ?? "")' stands twice; remove one")
    case .reader(let problem, _, _, _):
      JobFileError(file: file, problem: "not valid YAML: \(problem)")
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      JobFileError(file: file, problem: "cannot be read as YAML")
    }
  }
}
