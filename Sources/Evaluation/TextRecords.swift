import Foundation

/// Unlabelled text for calibration, one record at a time.
///
/// A `.jsonl` file has one JSON object a line with a string under `text`; any other file has one
/// record a line, of which blank ones are skipped. A file without an extension whose first record
/// begins with `{"` is read as JSON Lines.
public struct TextRecords: Sendable {
  private let records: [String]

  /// - Throws: `EvaluationError` with file and line when the file cannot be read, is larger than
  ///   1 GiB, has a line over 4 MiB, is no UTF-8, or holds no record.
  public init(contentsOf url: URL) throws {
    let lines = try LineReader(url)
    var records: [String] = []
    var isJSON: Bool? =
      switch url.pathExtension.lowercased() {
      case "jsonl": true
      case "": nil
      default: false
      }
    for line in lines where !line.text.isBlank {
      if isJSON == nil { isJSON = line.text.hasPrefix("{\"") }
      guard isJSON == true else {
        records.append(line.text)
        continue
      }
      let record = try JSONLine<TextLine>.decode(line, of: lines, "\"text\"")
      if !record.text.isBlank { records.append(record.text) }
    }
    guard !records.isEmpty else {
      throw lines.error(nil, "the file holds no text", "write one record a line")
    }
    self.records = records
  }

  public var count: Int { records.count }

  /// The record at `index`, in `0..<count`, in file order.
  public subscript(index: Int) -> String { records[index] }

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

private struct TextLine: Decodable {
  var text: String
}

/// Decodes one line of a JSON Lines file.
enum JSONLine<Record: Decodable> {
  /// - Parameter keys: the keys a record must have, for the error message.
  static func decode(_ line: LineReader.Line, of lines: LineReader, _ keys: String) throws -> Record
  {
    do {
      return try JSONDecoder().decode(Record.self, from: Data(line.text.utf8))
    } catch let error as DecodingError {
      throw lines.error(
        line.number, "the line is no JSON object with \(keys) (\(error.reason))",
        "write one JSON object a line")
    }
  }
}

extension DecodingError {
  /// The decoder's own words, short, with the key they are about.
  var reason: String {
    switch self {
    case .keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" has the wrong type"
    case .dataCorrupted: "not valid JSON"
    @unknown default: "not valid JSON"
    }
  }
}
