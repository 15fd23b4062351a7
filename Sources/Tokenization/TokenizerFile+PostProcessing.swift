/// Post-processors.
extension TokenizerFile {
  func postProcessing() throws -> PostProcessing {
    guard let value = root["post_processor"], !value.isNull else { return PostProcessing() }
    var processing = PostProcessing()
    var hasTemplate = false
    try read(value, at: "post_processor", depth: 0, into: &processing, &hasTemplate)
    return processing
  }

  private func read(
    _ value: JSONValue, at path: String, depth: Int, into processing: inout PostProcessing,
    _ hasTemplate: inout Bool
  ) throws {
    func take(_ template: SequenceTemplate) throws {
      guard !hasTemplate else {
        throw document.error(path, "a second one that adds special tokens", "keep one of them")
      }
      hasTemplate = true
      processing.template = template
    }
    func trim() throws {
      guard try flag("trim_offsets", of: value, at: path) ?? true else { return }
      processing.trimmings.append(
        OffsetTrimming(
          hasPrefixSpace: try flag("add_prefix_space", of: value, at: path) ?? true))
    }
    switch value["type"]?.string {
    case "Sequence":
      for (part, path) in try parts("processors", of: value, at: path, depth: depth) {
        try read(part, at: path, depth: depth + 1, into: &processing, &hasTemplate)
      }
    case "TemplateProcessing":
      try take(
        SequenceTemplate(
          single: try templateParts("single", of: value, at: path),
          pair: try templateParts("pair", of: value, at: path)))
    case "BertProcessing":
      try take(
        .bert(
          classifier: try special("cls", of: value, at: path),
          separator: try special("sep", of: value, at: path)))
    case "RobertaProcessing":
      try take(
        .roberta(
          classifier: try special("cls", of: value, at: path),
          separator: try special("sep", of: value, at: path)))
      try trim()
    case "ByteLevel": try trim()
    default:
      throw unsupported(
        path, value,
        supported: "TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel, Sequence or "
          + "null")
    }
  }

  /// `["[CLS]", 101]`.
  private func special(_ key: String, of value: JSONValue, at path: String) throws -> Int32 {
    let token = try document.required(key, in: value, at: path, "a list of token and id") {
      $0.array?.count == 2 ? $0.array?[1].token : nil
    }
    return try checked(token, at: "\(path).\(key)")
  }

  private func checked(_ token: Int32, at path: String) throws -> Int32 {
    guard (0..<TokenizerDocument.tokenLimit).contains(token) else {
      throw document.error(
        path, "\(token) is no token id", "write 0 to \(TokenizerDocument.tokenLimit - 1)")
    }
    return token
  }

  private func templateParts(_ key: String, of value: JSONValue, at path: String) throws
    -> [SequenceTemplate.Part]
  {
    let parts = try document.required(key, in: value, at: path, "a list of parts", \.array)
    guard parts.count <= Self.maximumParts else {
      throw document.error(
        "\(path).\(key)", "it has \(parts.count) parts, more than \(Self.maximumParts)",
        "write fewer")
    }
    return try parts.enumerated().map { index, part in
      let place = "\(path).\(key).\(index)"
      if let sequence = part["Sequence"] {
        let type = try document.required("type_id", in: sequence, at: place, "0 or 1", \.token)
        switch sequence["id"]?.string {
        case "A": return .first(type: type)
        case "B" where key == "pair": return .second(type: type)
        default:
          throw document.error("\(place).Sequence.id", "not a text of this template", "write A")
        }
      }
      guard let special = part["SpecialToken"] else {
        throw document.error(place, "not a part of a template", "write Sequence or SpecialToken")
      }
      let name = try document.required("id", in: special, at: place, "a token", \.string)
      let type = try document.required("type_id", in: special, at: place, "0 or 1", \.token)
      let ids = value["special_tokens"]?[name]?["ids"]?.array?.compactMap(\.token) ?? []
      guard (1...Self.maximumParts).contains(ids.count) else {
        throw document.error(
          "\(path).special_tokens", "'\(name.prefix(40))' has \(ids.count) ids",
          "list its token ids")
      }
      return .special(
        try ids.map { try checked($0, at: "\(path).special_tokens.\(name.prefix(40)).ids") },
        type: type)
    }
  }
}

extension SequenceTemplate {
  /// `[CLS] A [SEP]`, and `[CLS] A [SEP] B [SEP]` with type 1 from B on.
  static func bert(classifier: Int32, separator: Int32) -> SequenceTemplate {
    let single: [Part] = [
      .special([classifier], type: 0), .first(type: 0), .special([separator], type: 0),
    ]
    return SequenceTemplate(
      single: single, pair: single + [.second(type: 1), .special([separator], type: 1)])
  }

  /// `<s> A </s>`, and `<s> A </s></s> B </s>`, all of type 0.
  static func roberta(classifier: Int32, separator: Int32) -> SequenceTemplate {
    let end = Part.special([separator], type: 0)
    let single: [Part] = [.special([classifier], type: 0), .first(type: 0), end]
    return SequenceTemplate(single: single, pair: single + [end, .second(type: 0), end])
  }
}
