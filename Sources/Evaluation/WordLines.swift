/// Lines of columns (CoNLL): one word a line, columns between spaces or tabs.
enum WordLines {
  /// The lines of `range` that are not blank.
  static func lines(_ bytes: ByteView, _ range: Range<Int>) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = range.lowerBound
    while start < range.upperBound {
      let end = bytes.firstIndex(of: 10, in: start..<range.upperBound) ?? range.upperBound
      let line = bytes.trimmed(start..<end)
      if !line.isEmpty { lines.append(line) }
      start = end + 1
    }
    return lines
  }

  /// The columns of one line.
  static func fields(_ bytes: ByteView, _ line: Range<Int>) -> [Range<Int>] {
    var fields: [Range<Int>] = []
    var start: Int?
    for index in line {
      let isBlank = bytes[index] == 32 || bytes[index] == 9
      if isBlank, let begin = start {
        fields.append(begin..<index)
        start = nil
      } else if !isBlank, start == nil {
        start = index
      }
    }
    if let start { fields.append(start..<line.upperBound) }
    return fields
  }
}
