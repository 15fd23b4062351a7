import Foundation

/// A data set's inputs: where each stands in the mapped files. They are decoded when asked for, so
/// that a million of them need megabytes.
struct StoredInputs: Sendable {
  /// One input's places.
  enum Input: Sendable {
    case text(TextSpan)
    /// Title, space, text, without white space at the ends.
    case document(title: TextSpan, text: TextSpan)
    case pair(TextSpan, TextSpan)
    case words(TextSpan)
    case question(TextSpan, context: TextSpan)
    case masked(TextSpan)
  }

  private(set) var files: [MappedFile] = []
  private(set) var inputs: [Input] = []
  /// In files of columns: which one holds the word; from 0.
  var wordColumn = 0

  var count: Int { inputs.count }

  /// Takes in a file.
  /// - Returns: its number, for `TextSpan`.
  /// - Throws: `EvaluationError` for more than 1000 files.
  mutating func add(_ file: MappedFile) throws -> Int {
    guard files.count < 1000 else {
      throw EvaluationError(
        file: file.path, problem: "the data set has more than 1000 files",
        remedy: "keep the splits that are evaluated")
    }
    files.append(file)
    return files.count - 1
  }

  fileprivate mutating func append(_ input: Input) { inputs.append(input) }

  func text(_ span: TextSpan) -> String { files[Int(span.file)].text(span) }

  /// - Parameter index: in `0..<count`.
  func input(at index: Int) -> EvaluationInput { decode(inputs[index]) }

  func decode(_ input: Input) -> EvaluationInput {
    switch input {
    case .text(let span): .text(text(span))
    case .document(let title, let body): .text(document(text(title), text(body)))
    case .pair(let first, let second): .pair(text(first), text(second))
    case .words(let span): .words(words(span))
    case .question(let question, let context): .question(text(question), context: text(context))
    case .masked(let span): .masked(text(span))
    }
  }

  private func document(_ title: String, _ body: String) -> String {
    let text = title.isEmpty ? body : title + " " + body
    // Most texts begin and end with a visible ASCII character and need no closer look.
    let visible: ClosedRange<UInt8> = 0x21...0x7E
    if let first = text.utf8.first, let last = text.utf8.last, visible.contains(first),
      visible.contains(last)
    {
      return text
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func words(_ span: TextSpan) -> [String] {
    let file = files[Int(span.file)]
    guard span.form == .wordLines else {
      return file.elements(of: JSONSpan(kind: .array, range: span.range)).compactMap(file.string)
    }
    return file.view { bytes in
      WordLines.lines(bytes, span.range).map { line in
        let fields = WordLines.fields(bytes, line)
        return bytes.text(wordColumn < fields.count ? fields[wordColumn] : line)
      }
    }
  }
}

/// Gives every different input a row, in the order of first appearance.
struct InputPool {
  private(set) var stored = StoredInputs()
  /// Hash of an input's bytes → its row. Rows whose hashes are equal follow each other.
  private var rows: [Int: Int32] = [:]

  mutating func add(_ file: MappedFile) throws -> Int { try stored.add(file) }

  /// Sets which column of word lines holds the word.
  mutating func setWordColumn(_ column: Int) { stored.wordColumn = column }

  /// The row of `input`, by its exact bytes (Swift's own `==` would also join canonical equivalents).
  mutating func row(of input: StoredInputs.Input) -> Int32 {
    let bytes = Self.bytes(of: stored.decode(input))
    var hasher = Hasher()
    hasher.combine(bytes.count)
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    var key = hasher.finalize()
    while let row = rows[key] {
      if Self.bytes(of: stored.input(at: Int(row))) == bytes { return row }
      key &+= 1
    }
    let row = Int32(clamping: stored.count)
    rows[key] = row
    stored.append(input)
    return row
  }

  /// Parts with a byte that UTF-8 does not have between them.
  private static func bytes(of input: EvaluationInput) -> [UInt8] {
    switch input {
    case .text(let text), .masked(let text): Array(text.utf8)
    case .pair(let first, let second), .question(let first, let second):
      Array(first.utf8) + [0xFF] + Array(second.utf8)
    case .words(let words): words.flatMap { Array($0.utf8) + [0xFF] }
    }
  }
}
