import Foundation

extension RetrievalDataset {
  static let layout =
    "BEIR layout: corpus.jsonl (_id, title, text), queries.jsonl (_id, text), qrels/<split>.tsv"

  /// Reads a BEIR folder: `corpus.jsonl`, `queries.jsonl`, and per split `qrels/<split>.tsv` with
  /// the header `query-id`, `corpus-id`, `score`. A document's text is title, space, text.
  ///
  /// - Throws: `EvaluationError` for a missing or malformed file, a duplicate or unknown id.
  public init(directory: URL) throws {
    var pool = TextPool()
    var documents: [Int] = []
    var documentIndices: [[UInt8]: Int] = [:]
    let corpus = try LineReader(directory.appendingPathComponent("corpus.jsonl"))
    for line in corpus where !line.text.isBlank {
      let record = try JSONLine<Record>.decode(line, of: corpus, "\"_id\" and \"text\"")
      let key = Array(record.id.utf8)
      guard documentIndices.updateValue(documents.count, forKey: key) == nil else {
        throw Self.duplicate(record.id, line, corpus)
      }
      let text = [record.title ?? "", record.text].joined(separator: " ")
      documents.append(pool.row(of: text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }
    guard !documents.isEmpty else { throw corpus.error(nil, "the corpus is empty", Self.layout) }

    let queryFile = try LineReader(directory.appendingPathComponent("queries.jsonl"))
    var queryTexts: [(id: [UInt8], text: String)] = []
    var queryIndices: [[UInt8]: Int] = [:]
    for line in queryFile where !line.text.isBlank {
      let record = try JSONLine<Record>.decode(line, of: queryFile, "\"_id\" and \"text\"")
      let key = Array(record.id.utf8)
      guard queryIndices.updateValue(queryTexts.count, forKey: key) == nil else {
        throw Self.duplicate(record.id, line, queryFile)
      }
      queryTexts.append((key, record.text))
    }

    var judged: [String: [Int: [Judgement]]] = [:]
    let files = try EvaluationDatasets.splitFiles(
      in: directory.appendingPathComponent("qrels"), patterns: [("", ".tsv")], remedy: Self.layout)
    for (split, file) in files {
      judged[split] = try Self.judgements(
        in: file, queries: queryIndices, documents: documentIndices)
    }

    // Only judged queries are embedded, in file order.
    var queries: [String: [Query]] = [:]
    for (index, query) in queryTexts.enumerated() {
      for (split, _) in files {
        guard let relevant = judged[split]?[index] else { continue }
        queries[split, default: []].append(
          Query(
            row: pool.row(of: query.text), itself: documentIndices[query.id],
            relevant: relevant.sorted { $0.document < $1.document }))
      }
    }
    self.init(texts: pool.texts, documents: documents, queries: queries)
  }

  private struct Record: Decodable {
    var id: String
    var title: String?
    var text: String

    enum CodingKeys: String, CodingKey {
      case id = "_id"
      case title, text
    }
  }

  private static func duplicate(_ id: String, _ line: LineReader.Line, _ lines: LineReader)
    -> EvaluationError
  {
    lines.error(
      line.number, "the id '\(id.prefix(80))' appears twice", "give each record its own id")
  }

  /// Query index → relevant documents; a query whose judgements are all 0 has none.
  private static func judgements(
    in file: URL, queries: [[UInt8]: Int], documents: [[UInt8]: Int]
  ) throws -> [Int: [Judgement]] {
    let lines = try LineReader(file)
    var seen: Set<[Int]> = []
    var judged: [Int: [Judgement]] = [:]
    for line in lines where !line.text.isBlank {
      let fields = line.text.split(separator: "\t", omittingEmptySubsequences: false)
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
      guard let query = queries[Array(fields[0].utf8)] else {
        throw lines.error(
          line.number, "query '\(fields[0].prefix(80))' is not in queries.jsonl",
          "add it there or drop the line")
      }
      guard let document = documents[Array(fields[1].utf8)] else {
        throw lines.error(
          line.number, "document '\(fields[1].prefix(80))' is not in corpus.jsonl",
          "add it there or drop the line")
      }
      guard seen.insert([query, document]).inserted else {
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
