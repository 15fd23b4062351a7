import Foundation

extension RetrievalDataset {
  static let layout =
    "BEIR layout: corpus.jsonl (_id, title, text), queries.jsonl (_id, text), qrels/<split>.tsv"

  /// Reads a BEIR folder: `corpus.jsonl`, `queries.jsonl`, and per split `qrels/<split>.tsv` with
  /// the header `query-id`, `corpus-id`, `score`. A document's text is title, space, text.
  ///
  /// - Throws: `EvaluationError` for a missing or malformed file, a duplicate or unknown id.
  public init(directory: URL) throws {
    var pool = InputPool()
    let corpus = try Records(directory.appendingPathComponent("corpus.jsonl"), into: &pool)
    guard !corpus.texts.isEmpty else {
      throw corpus.file.error(at: nil, "the corpus is empty", Self.layout)
    }
    let documents = corpus.texts.map { pool.row(of: .document(title: $0.title, text: $0.text)) }
    let asked = try Records(directory.appendingPathComponent("queries.jsonl"), into: &pool)

    var judged: [String: [Int: [Judgement]]] = [:]
    let files = try SplitFiles.find(
      in: directory.appendingPathComponent("qrels"), extensions: ["tsv"], remedy: Self.layout)
    for (split, file) in files {
      judged[split] = try Self.judgements(in: MappedFile(file), queries: asked, documents: corpus)
    }

    // Only judged queries are embedded, in file order.
    var queries: [String: [Query]] = [:]
    for (index, query) in asked.texts.enumerated() {
      for (split, _) in files {
        guard let relevant = judged[split]?[index] else { continue }
        queries[split, default: []].append(
          Query(
            row: pool.row(of: .text(query.text)), itself: corpus.indices[query.id],
            relevant: relevant.sorted { $0.document < $1.document }))
      }
    }
    self.init(inputs: pool.stored, documents: documents, queries: queries)
  }

  /// A name by its exact bytes.
  private struct Identifier: Hashable {
    let text: String

    static func == (left: Identifier, right: Identifier) -> Bool {
      left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  /// The records of a corpus or of queries, in the file's order.
  private struct Records {
    let file: MappedFile
    var texts: [(id: Identifier, title: TextSpan, text: TextSpan)] = []
    var indices: [Identifier: Int] = [:]

    init(_ url: URL, into pool: inout InputPool) throws {
      let file = try MappedFile(url)
      self.file = file
      let number = try pool.add(file)
      var lines = LineReader(file)
      let names = ["_id", "title", "text"]
      while let line = try lines.nextFilled() {
        let values = file.members(names, of: try JSONRecords(file: file).object(line))
        func span(_ index: Int) throws -> TextSpan? {
          guard let value = values[index], value.kind != .null else { return nil }
          guard value.kind == .string else {
            throw lines.error(
              line.number,
              "the line is no JSON object with \"_id\" and \"text\" (\"\(names[index])\" has the "
                + "wrong type)", "write strings")
          }
          return TextSpan(file: number, form: .json, range: value.range)
        }
        let title = try span(1) ?? TextSpan(file: number, form: .plain, range: 0..<0)
        guard let id = try span(0), let text = try span(2) else {
          throw lines.error(
            line.number,
            "the line is no JSON object with \"_id\" and \"text\" (\"\(values[0] == nil ? "_id" : "text")\" is missing)",
            "write one JSON object a line")
        }
        let name = Identifier(text: file.text(id))
        guard indices.updateValue(texts.count, forKey: name) == nil else {
          throw lines.error(
            line.number, "the id '\(name.text.prefix(80))' appears twice",
            "give each record its own id")
        }
        texts.append((name, title, text))
      }
    }
  }

  /// Query index → relevant documents; a query whose judgements are all 0 has none.
  private static func judgements(
    in file: MappedFile, queries: Records, documents: Records
  ) throws -> [Int: [Judgement]] {
    var lines = LineReader(file)
    var seen: Set<[Int32]> = []
    var judged: [Int: [Judgement]] = [:]
    while let line = try lines.next() {
      if lines.isBlank(line) { continue }
      let fields = lines.text(line).split(separator: "\t", omittingEmptySubsequences: false)
      if line.number == 1 {
        guard fields == ["query-id", "corpus-id", "score"] else {
          throw lines.error(
            1, "the header is missing", "begin with query-id, corpus-id, score between tabs")
        }
        continue
      }
      guard fields.count == 3, let grade = Int(fields[2]), (-1000...1000).contains(grade) else {
        throw lines.error(
          line.number, "the line is not: query id, document id, whole-number score",
          "separate the three with tabs; scores are -1000 to 1000")
      }
      guard let query = queries.indices[Identifier(text: String(fields[0]))] else {
        throw lines.error(
          line.number, "query '\(fields[0].prefix(80))' is not in queries.jsonl",
          "add it there or drop the line")
      }
      guard let document = documents.indices[Identifier(text: String(fields[1]))] else {
        throw lines.error(
          line.number, "document '\(fields[1].prefix(80))' is not in corpus.jsonl",
          "add it there or drop the line")
      }
      guard seen.insert([Int32(clamping: query), Int32(clamping: document)]).inserted else {
        throw lines.error(
          line.number, "this query and document were judged before", "keep one line")
      }
      judged[query, default: []] += grade > 0 ? [Judgement(document: document, grade: grade)] : []
    }
    guard !judged.isEmpty else {
      throw lines.error(nil, "the split is empty", "add lines of query id, document id, score")
    }
    return judged
  }
}
