import Foundation

extension QuestionAnsweringDataset {
  /// Reads `dev-v1.1.json`, `dev-v2.0.json` or `<split>.json` (SQuAD's layout), or `<split>.jsonl`
  /// with `id`, `context`, `question` and `answers` (`text` and `answer_start` arrays).
  static func read(_ directory: URL) throws -> (StoredInputs, [String: Split]) {
    let files = try SplitFiles.find(
      in: directory, extensions: ["json", "jsonl"],
      remedy: "add SQuAD's dev-v1.1.json or dev-v2.0.json, or <split>.jsonl")
    var pool = InputPool()
    var items: [String: Split] = [:]
    for (split, url) in files {
      let file = try MappedFile(url)
      var reader = Reader(file: file, number: try pool.add(file))
      if file.pathExtension == "json" {
        try reader.articles(&pool)
      } else {
        try reader.records(&pool)
      }
      guard !reader.split.rows.isEmpty else {
        throw file.error(at: nil, "the split is empty", "add questions")
      }
      items[split] = reader.split
    }
    return (pool.stored, items)
  }

  private struct Reader {
    let file: MappedFile
    let number: Int
    var split = Split()
    private var ids: Set<String> = []

    init(file: MappedFile, number: Int) {
      self.file = file
      self.number = number
    }

    private func fail(_ value: JSONSpan, _ path: String, _ problem: String, _ remedy: String)
      -> EvaluationError
    {
      file.error(at: value.range.lowerBound, "\(path): \(problem)", remedy)
    }

    /// The member `name` of `object`, which must be there and be of `kind`.
    private func member(
      _ name: String, _ kind: JSONSpan.Kind, of object: JSONSpan, _ path: String
    ) throws -> JSONSpan {
      guard let value = file.member(name, of: object), value.kind == kind else {
        throw fail(
          object, path, "there is no \(kind) \"\(name)\"", "write the file as SQuAD's are")
      }
      return value
    }

    private func span(_ string: JSONSpan) -> TextSpan {
      TextSpan(file: number, form: .json, range: string.range)
    }

    mutating func articles(_ pool: inout InputPool) throws {
      let root = try file.document()
      let data = try member("data", .array, of: root, "the file")
      if let version = file.string(file.member("version", of: root)) {
        split.isVersion2 = version.hasPrefix("v2") || version.hasPrefix("2")
      }
      for (index, article) in file.elements(of: data).enumerated() {
        let path = "data[\(index)]"
        let paragraphs = file.elements(of: try member("paragraphs", .array, of: article, path))
        for (index, paragraph) in paragraphs.enumerated() {
          let path = "\(path).paragraphs[\(index)]"
          let context = try member("context", .string, of: paragraph, path)
          let questions = file.elements(of: try member("qas", .array, of: paragraph, path))
          let text = file.text(span(context))
          for (index, question) in questions.enumerated() {
            try add(question, context, text, "\(path).qas[\(index)]", &pool)
          }
        }
      }
    }

    private mutating func add(
      _ question: JSONSpan, _ context: JSONSpan, _ text: String, _ path: String,
      _ pool: inout InputPool
    ) throws {
      try checkID(try member("id", .string, of: question, path), path)
      let asked = try member("question", .string, of: question, path)
      if file.member("is_impossible", of: question) != nil { split.isVersion2 = true }
      let answers = file.elements(of: try member("answers", .array, of: question, path))
      for (index, answer) in answers.enumerated() {
        let path = "\(path).answers[\(index)]"
        try add(
          answer: try member("text", .string, of: answer, path),
          start: try member("answer_start", .number, of: answer, path), text, path)
      }
      guard split.isVersion2 || !answers.isEmpty else {
        throw fail(
          question, path, "the question has no answer",
          "add one, or is_impossible as in version 2 of SQuAD")
      }
      finish(asked, context, &pool)
    }

    mutating func records(_ pool: inout InputPool) throws {
      var lines = LineReader(file)
      while let line = try lines.nextFilled() {
        let record = try JSONRecords(file: file).object(line)
        let path = "the record"
        if let id = file.member("id", of: record), id.kind == .string { try checkID(id, path) }
        let context = try member("context", .string, of: record, path)
        let answers = try member("answers", .object, of: record, path)
        let texts = file.elements(of: try member("text", .array, of: answers, "answers"))
        let starts = file.elements(of: try member("answer_start", .array, of: answers, "answers"))
        guard texts.count == starts.count, texts.allSatisfy({ $0.kind == .string }) else {
          throw fail(
            answers, "answers", "there are \(texts.count) texts and \(starts.count) starts",
            "write one start for each text")
        }
        if texts.isEmpty { split.isVersion2 = true }
        let text = file.text(span(context))
        for (index, (answer, start)) in zip(texts, starts).enumerated() {
          try add(answer: answer, start: start, text, "answers.text[\(index)]")
        }
        finish(try member("question", .string, of: record, path), context, &pool)
      }
    }

    private mutating func checkID(_ id: JSONSpan, _ path: String) throws {
      let text = file.text(span(id))
      guard ids.insert(text).inserted else {
        throw fail(
          id, path, "the id '\(text.prefix(80))' appears twice", "give each question its own id")
      }
    }

    /// - Parameter start: in characters (Unicode scalars), as Python counts them.
    private mutating func add(
      answer: JSONSpan, start: JSONSpan, _ context: String, _ path: String
    ) throws {
      let scalars = context.unicodeScalars
      guard let offset = Int(file.text(start.range)), offset >= 0,
        let index = scalars.index(
          scalars.startIndex, offsetBy: offset, limitedBy: scalars.endIndex),
        context.utf8[index...].starts(with: file.text(span(answer)).utf8)
      else {
        throw fail(
          answer, path,
          "the answer '\(file.text(span(answer)).prefix(40))' does not stand in the context at "
            + "answer_start \(file.text(start.range).prefix(20))",
          "count answer_start in characters from the context's first, which is 0")
      }
      split.answers.append(span(answer))
    }

    private mutating func finish(
      _ question: JSONSpan, _ context: JSONSpan, _ pool: inout InputPool
    ) {
      split.rows.append(pool.row(of: .question(span(question), context: span(context))))
      split.contexts.append(span(context))
      split.starts.append(split.answers.count)
    }
  }
}
