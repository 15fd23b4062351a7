extension ModelHead {
  /// The longest list of labels that is read.
  static let labelLimit = 65_536

  /// What `architectures` and the labels' keys say; `none` where there is no `architectures`.
  ///
  /// - Throws: ``ModelError`` that names the key.
  init(_ keys: ConfigurationKeys, family: ModelFamily) throws {
    guard let architecture = try keys.strings("architectures")?.first else {
      self = .none
      return
    }
    // "BertForMaskedLM" → "MaskedLM": a class may bear another prefix than its family's.
    let task = architecture.firstRange(of: "For").map { String(architecture[$0.upperBound...]) }
    switch task {
    case nil where architecture.hasSuffix("Model"): self = .none
    // Electra's discriminator: its head tells replaced tokens, which nothing here is judged by.
    case "PreTraining" where family == .electra: self = .none
    case "MaskedLM", "PreTraining": self = .maskedLanguageModel
    case "QuestionAnswering": self = .questionAnswering
    case "TokenClassification": self = .tokenClassification(labels: try Self.labels(keys))
    case "SequenceClassification":
      let labels = try Self.labels(keys)
      switch try keys.string("problem_type") {
      case nil: self = labels.count == 1 ? .regression : .sequenceClassification(labels: labels)
      case "single_label_classification": self = .sequenceClassification(labels: labels)
      case "regression":
        guard labels.count == 1 else {
          throw ModelError.unsupported(
            key: "problem_type", found: "\"regression\" with \(labels.count) labels",
            supported: "regression of one number")
        }
        self = .regression
      case .some(let other):
        throw ModelError.unsupported(
          key: "problem_type", found: "\"\(other.prefix(60))\"",
          supported: "\"single_label_classification\", \"regression\"")
      }
    default:
      throw ModelError.unsupported(
        key: "architectures", found: "\"\(architecture.prefix(60))\"",
        supported: "…Model, …ForSequenceClassification, …ForTokenClassification, "
          + "…ForQuestionAnswering, …ForMaskedLM, …ForPreTraining")
    }
  }

  /// The labels by number: `id2label`, else `num_labels` of them, else two, as in `transformers`.
  private static func labels(_ keys: ConfigurationKeys) throws -> [String] {
    let count = try keys.optionalInteger("num_labels", in: 1...labelLimit)
    guard let members = try keys.object("id2label") else {
      return (0..<(count ?? 2)).map { "LABEL_\($0)" }
    }
    guard (1...labelLimit).contains(members.count) else {
      throw ModelError.unsupported(
        key: "id2label", found: "an object of \(members.count) members",
        supported: "1 to \(labelLimit) labels")
    }
    if let count, count != members.count {
      throw ModelError.unsupported(
        key: "num_labels", found: "\(count), but \"id2label\" has \(members.count) members",
        supported: "equal counts")
    }
    var labels = [String?](repeating: nil, count: members.count)
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      guard let number = Int(key), labels.indices.contains(number), labels[number] == nil else {
        throw ModelError.unsupported(
          key: "id2label", found: "an object with the key \"\(key.prefix(60))\"",
          supported: "the keys \"0\" to \"\(members.count - 1)\", once each")
      }
      guard case .string(let label) = value else {
        throw ModelError.unsupported(
          key: "id2label.\(number)", found: value.shown, supported: "text")
      }
      labels[number] = label
    }
    return labels.compactMap(\.self)
  }
}
