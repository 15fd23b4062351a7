/// Reads a mapped file line by line: UTF-8 only, sizes limited.
struct LineReader {
  /// One line without its end (`\n` or `\r\n`).
  struct Line {
    /// Counted from 1.
    var number: Int
    /// Where it is in the file.
    var range: Range<Int>
  }

  /// Longer lines are refused: 4 MiB.
  static let maximumLineBytes = 1 << 22

  let file: MappedFile
  private var position: Int
  private var number = 0

  init(_ file: MappedFile) {
    self.file = file
    position = file.start
  }

  /// The next line, nil after the last.
  /// - Throws: `EvaluationError` for a line that is too long or no UTF-8.
  mutating func next() throws -> Line? {
    guard position < file.count else { return nil }
    let (start, number) = (position, number + 1)
    let end = try file.view { bytes in
      let end = bytes.firstIndex(of: 10, in: start..<bytes.count) ?? bytes.count
      guard end - start <= Self.maximumLineBytes else {
        throw EvaluationError(
          file: file.path, line: number,
          problem: "the line has \(end - start) bytes, more than \(Self.maximumLineBytes)",
          remedy: "write one record a line, with \\n at the end of each")
      }
      guard bytes.isUTF8(start..<end) else {
        throw EvaluationError(
          file: file.path, line: number, problem: "the line is not valid UTF-8",
          remedy: "convert the file, for example with iconv -t UTF-8")
      }
      position = end + 1
      return end > start && bytes[end - 1] == 13 ? end - 1 : end
    }
    self.number = number
    return Line(number: number, range: start..<end)
  }

  /// The next line that is not blank.
  mutating func nextFilled() throws -> Line? {
    while let line = try next() {
      if !isBlank(line) { return line }
    }
    return nil
  }

  func text(_ line: Line) -> String { file.text(line.range) }

  func isBlank(_ line: Line) -> Bool {
    file.view { bytes in
      let rest = bytes.trimmed(line.range)
      // Only what begins with a character outside ASCII needs a closer look.
      return rest.isEmpty
        || (bytes[rest.lowerBound] >= 0x80 || bytes[rest.lowerBound] < 32)
          && bytes.text(rest).isBlank
    }
  }

  /// An error at one line of this file.
  func error(_ line: Int?, _ problem: String, _ remedy: String) -> EvaluationError {
    EvaluationError(file: file.path, line: line, problem: problem, remedy: remedy)
  }
}

extension StringProtocol {
  /// Only white space, or nothing at all.
  var isBlank: Bool {
    unicodeScalars.allSatisfy(\.properties.isWhitespace)
  }
}
