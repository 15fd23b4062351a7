/// Comma-separated records (RFC 4180): fields may be quoted; a quoted field may hold commas, line
/// ends and doubled quotes.
struct CSVRecords {
  struct Record {
    /// The line on which it begins, from 1.
    var line: Int
    var fields: [String]
  }

  let records: [Record]

  /// - Throws: `EvaluationError` at a quote that is not closed, or followed by more text, or stands
  ///   inside a field that is not quoted.
  init(_ lines: LineReader) throws {
    var records: [Record] = []
    // A quoted field whose closing quote has not come yet.
    var open: String?
    var fields: [String] = []
    var first = 1
    for line in lines {
      if open == nil {
        if line.text.isBlank { continue }
        first = line.number
      }
      var rest = line.text.unicodeScalars[...]
      while true {
        let (text, isOpen) = try Self.field(
          from: &rest, continuing: open, line: line.number, of: lines)
        if isOpen {
          guard text.utf8.count <= LineReader.maximumLineBytes else {
            throw lines.error(first, "a quoted field is too long", "close its quote")
          }
          open = text + "\n"
          break
        }
        open = nil
        fields.append(text)
        guard rest.first == "," else {
          records.append(Record(line: first, fields: fields))
          fields = []
          break
        }
        rest.removeFirst()
      }
    }
    if open != nil {
      throw lines.error(first, "a quoted field is not closed", "add the closing quote")
    }
    self.records = records
  }

  /// Takes one field from the front of `rest`, up to the comma or the end of the line.
  private static func field(
    from rest: inout Substring.UnicodeScalarView, continuing: String?, line: Int,
    of lines: LineReader
  ) throws -> (text: String, isOpen: Bool) {
    var text = String.UnicodeScalarView()
    if let continuing {
      text.append(contentsOf: continuing.unicodeScalars)
    } else if rest.first == "\"" {
      rest.removeFirst()
    } else {
      let end = rest.firstIndex(of: ",") ?? rest.endIndex
      guard !rest[..<end].contains("\"") else {
        throw lines.error(
          line, "a quote stands inside a field that is not quoted",
          "put the whole field into quotes and double those inside")
      }
      let plain = String(rest[..<end])
      rest = rest[end...]
      return (plain, false)
    }
    while let scalar = rest.popFirst() {
      guard scalar == "\"" else {
        text.append(scalar)
        continue
      }
      if rest.first == "\"" {
        text.append(scalar)
        rest.removeFirst()
        continue
      }
      guard rest.first == nil || rest.first == "," else {
        throw lines.error(
          line, "text follows a closing quote", "double the quotes inside a quoted field")
      }
      return (String(text), false)
    }
    return (String(text), true)
  }
}
