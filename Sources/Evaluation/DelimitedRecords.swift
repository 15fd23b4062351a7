/// Records of fields between commas or tabs, one after the other.
///
/// With quotes (RFC 4180): fields may be quoted; a quoted field may hold delimiters, line ends and
/// doubled quotes. Without: a quote is a character like any other, a record is a line.
struct DelimitedRecords {
  struct Field {
    /// Between the quotes, if it has any.
    var range: Range<Int>
    var isQuoted: Bool

    func span(in file: Int) -> TextSpan {
      TextSpan(file: file, form: isQuoted ? .quoted : .plain, range: range)
    }
  }

  struct Record {
    /// The line on which it begins, from 1.
    var line: Int
    var fields: [Field]
  }

  private let delimiter: UInt8
  private let hasQuotes: Bool
  private var lines: LineReader

  init(_ file: MappedFile, delimiter: Character, hasQuotes: Bool) {
    self.delimiter = delimiter.asciiValue ?? 44
    self.hasQuotes = hasQuotes
    lines = LineReader(file)
  }

  /// The next record that is no blank line; nil after the last.
  /// - Throws: `EvaluationError` at a quote that is not closed, or followed by more text, or stands
  ///   inside a field that is not quoted.
  mutating func next() throws -> Record? {
    guard let first = try lines.nextFilled() else { return nil }
    var line = first
    var fields: [Field] = []
    // Where the contents of a quoted field that is still open began.
    var open: Int?
    while true {
      open = try lines.file.view { try append(&fields, of: line, open: open, $0) }
      guard let open else { return Record(line: first.number, fields: fields) }
      guard line.range.upperBound - open <= LineReader.maximumLineBytes else {
        throw lines.error(first.number, "a quoted field is too long", "close its quote")
      }
      guard let following = try lines.next() else {
        throw lines.error(first.number, "a quoted field is not closed", "add the closing quote")
      }
      line = following
    }
  }

  /// Appends the fields of one line.
  /// - Returns: where the field that is open at the line's end began.
  private func append(
    _ fields: inout [Field], of line: LineReader.Line, open: Int?, _ bytes: ByteView
  ) throws -> Int? {
    var (open, index) = (open, line.range.lowerBound)
    let end = line.range.upperBound
    while true {
      if open == nil {
        guard hasQuotes, index < end, bytes[index] == 34 else {
          let stop = bytes.firstIndex(of: delimiter, in: index..<end) ?? end
          guard !hasQuotes || bytes.firstIndex(of: 34, in: index..<stop) == nil else {
            throw lines.error(
              line.number, "a quote stands inside a field that is not quoted",
              "put the whole field into quotes and double those inside")
          }
          fields.append(Field(range: index..<stop, isQuoted: false))
          if stop == end { return nil }
          index = stop + 1
          continue
        }
        index += 1
        open = index
      }
      guard
        let (start, close) = open.flatMap({ start in
          closingQuote(from: index, to: end, bytes).map { (start, $0) }
        })
      else { return open }
      fields.append(Field(range: start..<close, isQuoted: true))
      open = nil
      if close + 1 >= end { return nil }
      guard bytes[close + 1] == delimiter else {
        throw lines.error(
          line.number, "text follows a closing quote", "double the quotes inside a quoted field")
      }
      index = close + 2
    }
  }

  private func closingQuote(from start: Int, to end: Int, _ bytes: ByteView) -> Int? {
    var index = start
    while let quote = bytes.firstIndex(of: 34, in: index..<max(index, end)) {
      if quote + 1 >= end || bytes[quote + 1] != 34 { return quote }
      index = quote + 2
    }
    return nil
  }
}

extension MappedFile {
  /// Whether a TSV file was written with quotes, as spreadsheets and pandas do, and not without, as
  /// GLUE's are: every quote in it belongs to a well-formed quoted field, and one of these holds
  /// what only a writer that quotes would have made: a doubled quote, a tab or a line end.
  var isQuotedTSV: Bool {
    guard view({ $0.firstIndex(of: 34, in: 0..<$0.count) }) != nil else { return false }
    var records = DelimitedRecords(self, delimiter: "\t", hasQuotes: true)
    var isProven = false
    do {
      while let record = try records.next() {
        guard !isProven else { continue }
        isProven = record.fields.contains { field in
          field.isQuoted
            && view { bytes in
              [34, 9, 10].contains { bytes.firstIndex(of: $0, in: field.range) != nil }
            }
        }
      }
    } catch {
      return false
    }
    return isProven
  }
}
