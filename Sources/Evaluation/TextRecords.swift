import Foundation

/// Unlabelled text, one record at a time, decoded from the mapped file when it is asked for.
///
/// A `.jsonl` or `.json` file has one JSON object a line (or an array of them) with a string under
/// `text`; any other file has one record a line, of which blank ones are skipped. A file without an
/// extension whose first record begins with `{"` is read as JSON Lines.
public struct TextRecords: Sendable {
  private let file: MappedFile
  private let spans: [TextSpan]

  /// - Throws: `EvaluationError` with file and line when the file cannot be read, is larger than
  ///   1 GiB, has a line over 4 MiB, is no UTF-8, or holds no record.
  public init(contentsOf url: URL) throws {
    let file = try MappedFile(url)
    self.file = file
    spans = try Self.spans(of: file, number: 0, key: "text")
    guard !spans.isEmpty else {
      throw file.error(at: nil, "the file holds no text", "write one record a line")
    }
  }

  public var count: Int { spans.count }

  /// The record at `index`, in `0..<count`, in file order.
  public subscript(index: Int) -> String { file.text(spans[index]) }

  /// Where the file's records are, without the blank ones.
  /// - Parameters:
  ///   - number: the file's, for the spans.
  ///   - key: what JSON objects hold the text under.
  static func spans(of file: MappedFile, number: Int, key: String) throws -> [TextSpan] {
    var spans: [TextSpan] = []
    guard try isJSON(file) else {
      var lines = LineReader(file)
      while let line = try lines.nextFilled() {
        spans.append(TextSpan(file: number, form: .plain, range: line.range))
      }
      return spans
    }
    try JSONRecords(file: file).visit { object in
      guard let text = file.member(key, of: object) else {
        throw file.error(
          at: object.range.lowerBound, "\"\(key.prefix(40))\" is missing",
          "write one JSON object a line with a string under that key")
      }
      guard text.kind == .string else {
        throw file.error(
          at: object.range.lowerBound, "\"\(key.prefix(40))\" has the wrong type", "write a string")
      }
      let span = TextSpan(file: number, form: .json, range: text.range)
      if !file.text(span).isBlank { spans.append(span) }
      return true
    }
    return spans
  }

  private static func isJSON(_ file: MappedFile) throws -> Bool {
    switch file.pathExtension {
    case "jsonl", "json": return true
    case "":
      var lines = LineReader(file)
      guard let first = try lines.nextFilled() else { return false }
      return lines.text(first).hasPrefix("{\"")
    default: return false
    }
  }

  /// Draws `samples` of `count` record indices without replacement, ascending; all of them when
  /// there are no more than `samples`. Equal arguments give equal draws, on every machine.
  public static func draw(samples: Int, of count: Int, seed: UInt64) -> [Int] {
    guard samples < count else { return Array(0..<max(count, 0)) }
    var generator = RandomGenerator(seed: seed)
    // Floyd's algorithm: every subset of this size is equally likely.
    var drawn: Set<Int> = []
    for upper in (count - max(samples, 0))..<count {
      let candidate = generator.next(below: upper + 1)
      drawn.insert(drawn.contains(candidate) ? upper : candidate)
    }
    return drawn.sorted()
  }
}
