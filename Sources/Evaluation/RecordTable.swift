/// A file of texts with a label or score each: CSV, TSV, JSON Lines or a JSON array of objects.
struct RecordTable {
  struct Row {
    /// Where the record begins, for errors.
    var offset: Int
    var text: TextSpan
    var pair: TextSpan?
    /// The class or number, as it is written.
    var label: TextSpan
  }

  let file: MappedFile
  /// The file's number in its data set.
  let index: Int
  let columns: ColumnNames

  /// Hands every record to `body`, in the file's order.
  /// - Returns: false when the file has texts and no labels, as GLUE's test files; `body` has seen
  ///   nothing then.
  /// - Throws: `EvaluationError` with file and line for a malformed record, and what `body` throws.
  func visit(_ body: (Row) throws -> Void) throws -> Bool {
    if file.name.hasPrefix(SplitFiles.sentimentPrefix) {
      try labelsBeforeSpaces(body)
      return true
    }
    switch file.pathExtension {
    case "csv": return try delimited(",", hasQuotes: true, body)
    case "tsv": return try delimited("\t", hasQuotes: file.isQuotedTSV, body)
    default: return try objects(body)
    }
  }

  /// `label text`, as in `stsa.binary.test`.
  private func labelsBeforeSpaces(_ body: (Row) throws -> Void) throws {
    var lines = LineReader(file)
    while let line = try lines.nextFilled() {
      guard let end = file.view({ $0.firstIndex(of: 32, in: line.range) }) else {
        throw lines.error(
          line.number, "the line has no space after a label", "write label, space, text")
      }
      func span(_ range: Range<Int>) -> TextSpan {
        TextSpan(file: index, form: .plain, range: range)
      }
      try body(
        Row(
          offset: line.range.lowerBound, text: span(end + 1..<line.range.upperBound),
          label: span(line.range.lowerBound..<end)))
    }
  }

  private func delimited(
    _ delimiter: Character, hasQuotes: Bool, _ body: (Row) throws -> Void
  ) throws -> Bool {
    var records = DelimitedRecords(file, delimiter: delimiter, hasQuotes: hasQuotes)
    guard let first = try records.next() else { return true }
    func text(_ field: DelimitedRecords.Field) -> String { file.text(field.span(in: index)) }
    let names = first.fields.map(text)
    let positions = columns.positions
    var roles = try positions ?? columns.roles(names, in: file)
    let hasHeader = positions == nil && columns.isHeader(names, roles)
    if positions == nil, !hasHeader {
      roles = try usualPositions(first, delimiter, isCoLA: isCoLA(names))
    }
    guard let roles else { return true }
    guard let label = roles.label else { return false }
    let width = first.fields.count
    var next = hasHeader ? try records.next() : first
    while let record = next {
      var fields = record.fields
      if !hasHeader, positions == nil, columns.wanted == .classes, delimiter == "\t",
        width != 4
          || !isCoLA(names)
      {
        // A text may hold tabs: it ends where the line does.
        guard fields.count > 1, let last = fields.last else {
          throw error(record, "the line has no tab after a label", "write label, tab, text")
        }
        fields[1].range = fields[1].range.lowerBound..<last.range.upperBound
      } else if fields.count != width {
        throw error(
          record, "the record has \(fields.count) fields, the first one \(width)",
          hasQuotes
            ? "put fields that hold a '\(delimiter)' into quotes"
            : "remove tabs and line ends inside of texts, or write the file with quotes")
      }
      guard max(roles.text, roles.pair ?? 0, label) < fields.count else {
        throw error(
          record, "the record has only \(fields.count) fields",
          "choose columns from 1 to \(fields.count)")
      }
      try body(
        Row(
          offset: record.fields[0].range.lowerBound, text: fields[roles.text].span(in: index),
          pair: roles.pair.map { fields[$0].span(in: index) },
          label: fields[label].span(in: index)))
      next = try records.next()
    }
    return true
  }

  /// Where the parts stand in a table without a header.
  private func usualPositions(
    _ first: DelimitedRecords.Record, _ delimiter: Character, isCoLA: Bool
  ) throws -> ColumnNames.Roles {
    switch columns.wanted {
    case .classes where isCoLA: return ColumnNames.Roles(text: 3, label: 1)
    case .classes where delimiter == "\t" || first.fields.count == 2:
      return ColumnNames.Roles(text: 1, label: 0)
    case .scores where first.fields.count == 3, .pairScores where first.fields.count == 3:
      return ColumnNames.Roles(text: 0, pair: 1, label: 2)
    case .pairScores:
      throw error(
        first, "the record is not: sentence, sentence, score",
        "write three fields, or a header: \(columns.remedy)")
    case .classes, .scores:
      throw error(first, "there is no header that names columns of text and label", columns.remedy)
    }
  }

  /// CoLA's files have no header: source, label, the author's mark, sentence.
  private func isCoLA(_ fields: [String]) -> Bool {
    fields.count == 4 && ["0", "1"].contains(fields[1]) && ["", "*"].contains(fields[2])
  }

  private func error(_ record: DelimitedRecords.Record, _ problem: String, _ remedy: String)
    -> EvaluationError
  {
    EvaluationError(file: file.path, line: record.line, problem: problem, remedy: remedy)
  }

  /// JSON objects, one a line or in an array.
  private func objects(_ body: (Row) throws -> Void) throws -> Bool {
    var keys: [String] = []
    var isLabelled = true
    try JSONRecords(file: file).visit { object in
      if keys.isEmpty {
        let names = file.memberNames(of: object)
        guard let roles = try columns.roles(names, in: file) else {
          throw file.error(
            at: object.range.lowerBound, "no key of the record is known to hold the text",
            columns.remedy)
        }
        guard let label = roles.label else {
          isLabelled = false
          return false
        }
        keys = [names[roles.text], names[label]] + (roles.pair.map { [names[$0]] } ?? [])
      }
      let values = file.members(keys, of: object)
      func span(_ index: Int, numbers: Bool) throws -> TextSpan {
        guard let value = values[index] else {
          throw file.error(
            at: object.range.lowerBound, "\"\(keys[index].prefix(40))\" is missing",
            "give every record the same keys")
        }
        let isAllowed =
          value.kind == .string || numbers && [.number, .boolean].contains(value.kind)
        guard isAllowed else {
          throw file.error(
            at: object.range.lowerBound, "\"\(keys[index].prefix(40))\" has the wrong type",
            numbers ? "write a name or a number" : "write a string")
        }
        return TextSpan(
          file: self.index, form: value.kind == .string ? .json : .plain, range: value.range)
      }
      try body(
        Row(
          offset: object.range.lowerBound, text: try span(0, numbers: false),
          pair: keys.count > 2 ? try span(2, numbers: false) : nil,
          label: try span(1, numbers: true)))
      return true
    }
    return isLabelled
  }
}
