/// What the labels of data mean to a model: names, numbers, or `LABEL_1`.
struct LabelNames: Sendable {
  /// In the order of the model's outputs.
  let names: [String]
  /// The output of label 1 of two, which F1 is about.
  let positive: Int
  private let exact: [String: Int]
  private let normalized: [String: Int]
  /// What labels 0, 1 … of the data are to the model.
  private let numbered: [Int]
  /// Numbers are refused: data sets do not agree on what they stand for.
  private let numbersNeedOrder: Bool

  /// - Parameters:
  ///   - names: of the model's outputs.
  ///   - order: `EvaluationOptions.labelOrder`.
  ///   - numbersNeedOrder: numbers are refused unless there is an `order`.
  /// - Throws: `EvaluationError` when `order` names labels that the model does not have.
  init(_ names: [String], order: [String]?, numbersNeedOrder: Bool = false) throws {
    self.names = names
    let isGeneric = names.enumerated().allSatisfy {
      Self.normalized($0.element) == "label_\($0.offset)"
    }
    var exact = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { old, _ in old })
    var normalized = Dictionary(
      names.enumerated().map { (Self.normalized($1), $0) }, uniquingKeysWith: { old, _ in old })
    var numbered = Array(names.indices)
    if let order {
      numbered = try order.enumerated().map { index, name in
        if let known = exact[name] ?? normalized[Self.normalized(name)] { return known }
        guard isGeneric, index < names.count else {
          throw EvaluationError(
            problem: "labels: the model has no label '\(name.prefix(40))'",
            remedy: "use \(names.prefix(20).joined(separator: ", "))")
        }
        exact[name] = index
        normalized[Self.normalized(name)] = index
        return index
      }
    }
    self.exact = exact
    self.normalized = normalized
    self.numbered = numbered
    positive = numbered.count > 1 ? numbered[1] : 1
    let inference: Set = ["entailment", "neutral", "contradiction"]
    self.numbersNeedOrder =
      order == nil && (numbersNeedOrder || Set(normalized.keys) == inference)
  }

  private static func normalized(_ name: String) -> String {
    String(name.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 })
  }

  /// The output that `text` means.
  /// - Throws: `Unknown` when there is none.
  func index(of text: String) throws(Unknown) -> Int {
    if let index = exact[text] { return index }
    let name = Self.normalized(text.trimmingBlanks)
    if let index = normalized[name] { return index }
    guard let number = Self.number(name) else { throw unknown(text) }
    guard !numbersNeedOrder else {
      throw Unknown(
        problem: "the label is the number \(number), and data sets number these labels differently",
        remedy: "say what the data's labels 0, 1 … are called: labels, from "
          + names.prefix(20).joined(separator: ", "))
    }
    guard numbered.indices.contains(number) else { throw unknown(text) }
    return numbered[number]
  }

  /// `3`, `label_3`; truth values count as 0 and 1.
  private static func number(_ name: String) -> Int? {
    switch name {
    case "false": 0
    case "true": 1
    default: Int(name.hasPrefix("label_") ? String(name.dropFirst(6)) : name)
    }
  }

  private func unknown(_ text: String) -> Unknown {
    Unknown(
      problem: "there is no label '\(text.prefix(40))'",
      remedy: "use \(names.prefix(20).joined(separator: ", ")), or an index from 0; if this is a "
        + "heading, name the columns (--column label=NAME, columns: in a job file)")
  }

  /// A label that means nothing to the model.
  struct Unknown: Error {
    var problem: String
    var remedy: String
  }
}
