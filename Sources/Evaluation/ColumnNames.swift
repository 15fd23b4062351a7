/// Which columns of a table, or keys of JSON records, hold the text, the second text and the label.
struct ColumnNames {
  /// What a kind of evaluation looks for.
  enum Wanted {
    /// A text or two, and a class.
    case classes
    /// A text or two, and a number.
    case scores
    /// Two texts and a number.
    case pairScores
  }

  /// Indices of the columns.
  struct Roles {
    var text: Int
    var pair: Int?
    var label: Int?
  }

  static let usualPairs = [
    ("sentence1", "sentence2"), ("premise", "hypothesis"), ("question1", "question2"),
    ("question", "sentence"), ("#1 string", "#2 string"), ("text1", "text2"), ("text_a", "text_b"),
  ]
  static let usualTexts = ["sentence", "text", "content"]
  static let usualClasses = ["gold_label", "label", "labels", "is_duplicate", "quality", "class"]
  static let usualScores = [
    "score", "similarity_score", "similarity", "label", "labels", "gold_label",
  ]
  /// How the header of a table without labels begins, as that of GLUE's test files.
  private static let indices: Set<String> = ["index", "id", "idx", "pairid"]

  let wanted: Wanted
  /// `EvaluationOptions.columns`.
  private let chosen: [String: String]

  /// - Throws: `EvaluationError` when `columns` names another role than text, pair and label.
  init(_ wanted: Wanted, _ columns: [String: String]) throws {
    if let unknown = columns.keys.sorted().first(where: { !["text", "pair", "label"].contains($0) })
    {
      throw EvaluationError(
        problem: "columns: there is nothing called '\(unknown.prefix(40))' to name a column for",
        remedy: "name the columns of text, pair and label")
    }
    self.wanted = wanted
    chosen = columns
  }

  /// The roles by number, for a table without a header; nil when columns are not chosen by numbers.
  var positions: Roles? {
    guard !chosen.isEmpty else { return nil }
    let numbers = chosen.compactMapValues { Int($0) }.filter { $0.value > 0 }
    guard numbers.count == chosen.count, let text = numbers["text"] else { return nil }
    return Roles(
      text: text - 1, pair: numbers["pair"].map { $0 - 1 }, label: numbers["label"].map { $0 - 1 })
  }

  /// The roles of columns called `names`; nil when these are no names that are known.
  /// - Throws: `EvaluationError` when a column that was chosen is missing.
  func roles(_ names: [String], in file: MappedFile) throws -> Roles? {
    let lowercased = names.map { $0.trimmingBlanks.lowercased() }
    func index(_ role: String) throws -> Int? {
      guard let name = chosen[role] else { return nil }
      if let index = names.firstIndex(of: name) ?? lowercased.firstIndex(of: name.lowercased()) {
        return index
      }
      throw file.error(
        at: file.start, "there is no column '\(name.prefix(80))' (columns.\(role))",
        "choose one of \(names.map { "'\($0.prefix(40))'" }.prefix(30).joined(separator: ", "))")
    }
    let (text, pair) = (try index("text"), try index("pair"))
    let usual = wanted == .classes ? Self.usualClasses : Self.usualScores
    let label =
      try index("label") ?? usual.lazy.compactMap { lowercased.firstIndex(of: $0) }.first
    if let text {
      if wanted == .pairScores, pair == nil { return nil }
      return Roles(text: text, pair: pair, label: label)
    }
    for (first, second) in Self.usualPairs {
      if let first = lowercased.firstIndex(of: first),
        let second = lowercased.firstIndex(of: second)
      {
        return Roles(text: first, pair: pair ?? second, label: label)
      }
    }
    guard wanted != .pairScores,
      let single = Self.usualTexts.lazy.compactMap({ lowercased.firstIndex(of: $0) }).first
    else { return nil }
    return Roles(text: single, pair: pair, label: label)
  }

  /// Whether `names` is a header and no record: it has a text's and a label's name, or begins as
  /// tables without labels do, or columns were chosen by name.
  func isHeader(_ names: [String], _ roles: Roles?) -> Bool {
    guard let roles else { return false }
    if roles.label != nil || !chosen.isEmpty { return true }
    return names.first.map { Self.indices.contains($0.trimmingBlanks.lowercased()) } ?? false
  }

  /// What to do when no columns are found.
  var remedy: String {
    let (texts, labels) =
      switch wanted {
      case .classes: ("sentence, or sentence1 and sentence2", "label")
      case .scores: ("sentence, or sentence1 and sentence2", "score")
      case .pairScores: ("sentence1, sentence2", "score")
      }
    return "call the columns \(texts), and \(labels), or name yours under columns"
  }
}

extension String {
  /// Without white space at the ends.
  var trimmingBlanks: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }
}
