import Foundation

/// The items of data whose labels are numbers, by split.
struct ScoredTexts: Sendable {
  struct Item: Sendable {
    /// Rows of the inputs: one of a text or pair, or those of a pair's two texts.
    var first: Int32
    var second: Int32
  }

  let inputs: StoredInputs
  let items: [String: [Item]]
  let scores: [String: HumanScores]

  /// - Parameter separates: the texts of a pair are two inputs, to be embedded each.
  /// - Throws: `EvaluationError` with file and line for a malformed record or an empty split.
  init(directory: URL, columns: ColumnNames, separates: Bool) throws {
    let files = try SplitFiles.find(
      in: directory, extensions: ["csv", "tsv", "jsonl", "json"],
      remedy: "add <split>.csv with sentence, sentence, score")
    var pool = InputPool()
    var items: [String: [Item]] = [:]
    var scores: [String: HumanScores] = [:]
    for (split, url) in files {
      let file = try MappedFile(url)
      let table = RecordTable(file: file, index: try pool.add(file), columns: columns)
      var values: [Double] = []
      var rows: [Item] = []
      let isLabelled = try table.visit { row in
        guard let score = Double(file.text(row.label).trimmingBlanks), score.isFinite else {
          throw file.error(
            at: row.offset, "the score '\(file.text(row.label).prefix(40))' is no number",
            "write a decimal number")
        }
        values.append(score)
        if separates, let pair = row.pair {
          let first = pool.row(of: .text(row.text))
          rows.append(Item(first: first, second: pool.row(of: .text(pair))))
        } else {
          let input = pool.row(of: row.pair.map { .pair(row.text, $0) } ?? .text(row.text))
          rows.append(Item(first: input, second: input))
        }
      }
      guard isLabelled else { continue }
      guard !rows.isEmpty else {
        throw file.error(at: nil, "the split is empty", "add records of texts and score")
      }
      items[split] = rows
      scores[split] = HumanScores(values)
    }
    guard !items.isEmpty else {
      throw EvaluationError(
        file: directory.path, problem: "no split has scores", remedy: columns.remedy)
    }
    inputs = pool.stored
    self.items = items
    self.scores = scores
  }

  /// The inputs of a split's items.
  /// - Throws: `EvaluationError` when there is no such split.
  func rows(of split: String) throws -> [Int32] {
    try self.split(split).items.flatMap { [$0.first, $0.second] }
  }

  /// - Throws: `EvaluationError` when there is no such split.
  func split(_ name: String) throws -> (items: [Item], scores: HumanScores) {
    guard let items = items[name], let scores = scores[name] else {
      throw EvaluationDatasets.unknownSplit(name, known: items.keys)
    }
    return (items, scores)
  }
}
