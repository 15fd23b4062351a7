import Foundation

/// Reads a text file line by line through a memory map: UTF-8 only, sizes limited.
struct LineReader: Sequence {
  /// One line without its end (`\n` or `\r\n`).
  struct Line {
    /// Counted from 1.
    var number: Int
    var text: String
  }

  /// Larger files are refused: 1 GiB.
  static let maximumBytes = 1 << 30
  /// Longer lines are refused: 4 MiB.
  static let maximumLineBytes = 1 << 22

  let file: String
  private let bytes: Data
  /// Where each line is in `bytes`, without its end.
  private let lines: [Range<Int>]

  /// - Throws: `EvaluationError` when the file cannot be read, is too large, has a line that is too
  ///   long, or is no UTF-8.
  init(_ url: URL) throws {
    file = url.path
    do {
      let size = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int ?? 0
      guard size <= Self.maximumBytes else {
        throw EvaluationError(
          file: url.path, problem: "the file has \(size) bytes, more than \(Self.maximumBytes)",
          remedy: "split it or take a sample")
      }
      bytes = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch let error as EvaluationError {
      throw error
    } catch {
      throw EvaluationError(
        file: url.path, problem: "cannot read the file (\(error.localizedDescription))",
        remedy: "check that it exists and that you may read it")
    }
    lines = try Self.lines(of: bytes, file: url.path)
  }

  private static func lines(of bytes: Data, file: String) throws -> [Range<Int>] {
    try bytes.withUnsafeBytes { raw in
      var lines: [Range<Int>] = []
      // A byte order mark is no part of the first record.
      var start = raw.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      while start < raw.count {
        let end = raw[start...].firstIndex(of: 10) ?? raw.count
        let line = UnsafeRawBufferPointer(rebasing: raw[start..<end])
        guard line.count <= maximumLineBytes else {
          throw EvaluationError(
            file: file, line: lines.count + 1,
            problem: "the line has \(line.count) bytes, more than \(maximumLineBytes)",
            remedy: "write one record a line, with \\n at the end of each")
        }
        guard String(validating: line, as: UTF8.self) != nil else {
          throw EvaluationError(
            file: file, line: lines.count + 1, problem: "the line is not valid UTF-8",
            remedy: "convert the file, for example with iconv -t UTF-8")
        }
        lines.append(start..<(line.last == 13 ? end - 1 : end))
        start = end + 1
      }
      return lines
    }
  }

  func makeIterator() -> AnyIterator<Line> {
    var index = 0
    return AnyIterator {
      guard index < lines.count else { return nil }
      let range = lines[index]
      index += 1
      let text = bytes.withUnsafeBytes { String(decoding: $0[range], as: UTF8.self) }
      return Line(number: index, text: text)
    }
  }

  /// An error at one line of this file.
  func error(_ line: Int?, _ problem: String, _ remedy: String) -> EvaluationError {
    EvaluationError(file: file, line: line, problem: problem, remedy: remedy)
  }
}

extension StringProtocol {
  /// Only white space, or nothing at all.
  var isBlank: Bool {
    unicodeScalars.allSatisfy(\.properties.isWhitespace)
  }
}

/// Every text once: a text seen again gets the row of its first appearance.
struct TextPool {
  private(set) var texts: [String] = []
  private var rows: [[UInt8]: Int] = [:]

  /// The row of `text`, by its exact bytes (Swift's own `==` would also join canonical equivalents).
  mutating func row(of text: String) -> Int {
    let key = Array(text.utf8)
    if let row = rows[key] { return row }
    rows[key] = texts.count
    texts.append(text)
    return texts.count - 1
  }
}
