import Foundation

extension TokenClassificationDataset {
  /// Reads `<split>.conll`, `.txt` or `.tsv` (a word a line, the word in the first column and its tag
  /// in the last, a blank line after each sentence, `-DOCSTART-` left out) and `<split>.jsonl` or
  /// `.json` (`tokens` or `words`, and `ner_tags`, `tags` or `labels`).
  static func read(_ directory: URL, _ labels: LabelNames, _ columns: [String: String]) throws
    -> (StoredInputs, [String: Split])
  {
    let files = try SplitFiles.find(
      in: directory, extensions: ["conll", "txt", "tsv", "jsonl", "json"],
      remedy: "add <split>.conll with a word and its tag a line, or <split>.jsonl")
    var reader = Reader(labels: labels, columns: columns)
    try reader.checkColumns()
    var items: [String: Split] = [:]
    for (split, url) in files {
      let file = try MappedFile(url)
      items[split] =
        ["jsonl", "json"].contains(file.pathExtension)
        ? try reader.readRecords(file) : try reader.readLines(file)
      guard items[split]?.rows.isEmpty == false else {
        throw file.error(at: nil, "the split is empty", "add sentences with their tags")
      }
    }
    return (reader.pool.stored, items)
  }

  private struct Reader {
    let labels: LabelNames
    let columns: [String: String]
    var pool = InputPool()

    /// The number of a column, from 0; nil when it is chosen by name or not at all.
    private func column(_ role: String) -> Int? {
      columns[role].flatMap { Int($0) }.map { $0 - 1 }
    }

    mutating func checkColumns() throws {
      if let unknown = columns.keys.sorted().first(where: { $0 != "text" && $0 != "label" }) {
        throw EvaluationError(
          problem: "columns: there is nothing called '\(unknown.prefix(40))' in sentences of words",
          remedy: "name the columns of text (the words) and label (the tags)")
      }
      for role in ["text", "label"] {
        guard column(role) ?? 0 >= 0 else {
          throw EvaluationError(
            problem: "columns.\(role): there is no column \(columns[role] ?? "")",
            remedy: "count columns from 1")
        }
      }
      pool.setWordColumn(column("text") ?? 0)
    }

    private func label(_ text: String, _ file: MappedFile, at offset: Int, _ place: String = "")
      throws -> Int32
    {
      do throws(LabelNames.Unknown) {
        return Int32(clamping: try labels.index(of: text))
      } catch {
        throw file.error(at: offset, place + error.problem, error.remedy)
      }
    }

    mutating func readLines(_ file: MappedFile) throws -> Split {
      let number = try pool.add(file)
      var split = Split()
      var lines = LineReader(file)
      var sentence: Range<Int>?
      func finish(_ pool: inout InputPool) throws {
        guard let range = sentence else { return }
        sentence = nil
        guard range.count <= LineReader.maximumLineBytes else {
          throw file.error(
            at: range.lowerBound, "the sentence has \(range.count) bytes",
            "put a blank line after each sentence")
        }
        split.rows.append(
          pool.row(of: .words(TextSpan(file: number, form: .wordLines, range: range))))
        split.starts.append(split.labels.count)
      }
      while let line = try lines.next() {
        let fields = file.view { WordLines.fields($0, $0.trimmed(line.range)) }
        guard !lines.isBlank(line), let first = fields.first,
          file.text(first) != "-DOCSTART-"
        else {
          try finish(&pool)
          continue
        }
        let tag = column("label") ?? fields.count - 1
        let word = column("text") ?? 0
        guard tag != word, max(tag, word) < fields.count else {
          throw lines.error(
            line.number, "the line has \(fields.count) columns",
            "write the word first and its tag last, with spaces or a tab between them")
        }
        split.labels.append(
          try label(file.text(fields[tag]), file, at: line.range.lowerBound))
        sentence = (sentence?.lowerBound ?? line.range.lowerBound)..<line.range.upperBound
      }
      try finish(&pool)
      return split
    }

    mutating func readRecords(_ file: MappedFile) throws -> Split {
      let number = try pool.add(file)
      var split = Split()
      let wordKeys = columns["text"].map { [$0] } ?? ["tokens", "words"]
      let tagKeys = columns["label"].map { [$0] } ?? ["ner_tags", "tags", "labels"]
      try JSONRecords(file: file).visit { object in
        let offset = object.range.lowerBound
        let members = file.members(wordKeys + tagKeys, of: object)
        func array(_ values: ArraySlice<JSONSpan?>, _ keys: [String]) throws -> JSONSpan {
          guard let array = values.lazy.compactMap({ $0 }).first, array.kind == .array else {
            throw file.error(
              at: offset, "there is no array \(keys.map { "\"\($0)\"" }.joined(separator: " or "))",
              "write the words and their tags as arrays, or name their keys under columns")
          }
          return array
        }
        let words = try array(members.prefix(wordKeys.count), wordKeys)
        let tags = file.elements(of: try array(members.dropFirst(wordKeys.count), tagKeys))
        let elements = file.elements(of: words)
        guard elements.count == tags.count, elements.allSatisfy({ $0.kind == .string }) else {
          throw file.error(
            at: offset, "there are \(elements.count) words (strings) and \(tags.count) tags",
            "write one tag for each word")
        }
        if elements.isEmpty { return true }
        for (index, tag) in tags.enumerated() {
          let text = file.string(tag) ?? file.text(tag.range)
          split.labels.append(try label(text, file, at: offset, "word \(index): "))
        }
        split.rows.append(
          pool.row(of: .words(TextSpan(file: number, form: .jsonWords, range: words.range))))
        split.starts.append(split.labels.count)
        return true
      }
      return split
    }
  }
}
