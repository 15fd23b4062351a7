import Foundation

/// Normalisers and pre-tokenisers.
extension TokenizerFile {
  func normalizer(_ value: JSONValue, at path: String, depth: Int) throws -> any TextNormalizer {
    switch value["type"]?.string {
    case "Sequence":
      return NormalizerSequence(
        normalizers: try parts("normalizers", of: value, at: path, depth: depth).map {
          try normalizer($0, at: $1, depth: depth + 1)
        })
    case "BertNormalizer", "Bert":
      return BertNormalizer(
        cleansText: try flag("clean_text", of: value, at: path) ?? true,
        separatesIdeographs: try flag("handle_chinese_chars", of: value, at: path) ?? true,
        stripsAccents: try flag("strip_accents", of: value, at: path),
        lowercases: try flag("lowercase", of: value, at: path) ?? true)
    case "Lowercase": return LowercaseNormalizer()
    case "Strip":
      return StripNormalizer(
        left: try flag("strip_left", of: value, at: path) ?? true,
        right: try flag("strip_right", of: value, at: path) ?? true)
    case "StripAccents": return StripAccentsNormalizer()
    case "Nmt": return NmtNormalizer()
    case "Prepend":
      let content = try document.required("prepend", in: value, at: path, "a text", \.string)
      return PrependNormalizer(content: Array(content.utf8))
    case "Replace":
      let content = try document.required("content", in: value, at: path, "a text", \.string)
      return ReplaceNormalizer(
        pattern: try pattern(of: value, at: path), content: Array(content.utf8))
    case "Precompiled": return PrecompiledNormalizer(try characterMap(of: value, at: path))
    case let type?:
      if let form = UnicodeNormalizer.Form(rawValue: type) { return UnicodeNormalizer(form) }
    case nil: break
    }
    throw unsupported(
      path, value,
      supported: "BertNormalizer, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Replace, "
        + "Prepend, Nmt, Precompiled, Sequence or null")
  }

  private func characterMap(of value: JSONValue, at path: String) throws -> CharacterMap {
    let key = "precompiled_charsmap"
    let text = try document.required(key, in: value, at: path, "a text in base 64", \.string)
    guard let data = Data(base64Encoded: text) else {
      throw document.error("\(path).\(key)", "not base 64", "fetch the file again")
    }
    do {
      return try CharacterMap([UInt8](data))
    } catch let damage as CharacterMap.Damage {
      throw document.error(
        "\(path).\(key)", "the map is damaged: \(damage.problem)", "fetch the file again")
    }
  }

  func preTokenizer(_ value: JSONValue, at path: String, depth: Int) throws -> any PreTokenizer {
    switch value["type"]?.string {
    case "Sequence":
      return PreTokenizerSequence(
        preTokenizers: try parts("pretokenizers", of: value, at: path, depth: depth).map {
          try preTokenizer($0, at: $1, depth: depth + 1)
        })
    case "BertPreTokenizer": return BertPreTokenizer()
    case "ByteLevel":
      return ByteLevelPreTokenizer(
        addsPrefixSpace: try flag("add_prefix_space", of: value, at: path) ?? true,
        usesPattern: try flag("use_regex", of: value, at: path) ?? true)
    case "Metaspace": return try metaspace(value, at: path)
    case "Whitespace": return WordSplitter()
    case "WhitespaceSplit": return WhitespaceSplitter()
    case "Punctuation":
      return PunctuationSplitter(behavior: try behavior(of: value, at: path) ?? .isolated)
    case "Digits":
      return DigitSplitter(
        isIndividual: try flag("individual_digits", of: value, at: path) ?? false)
    case "CharDelimiterSplit":
      return DelimiterSplitter(delimiter: try scalar("delimiter", of: value, at: path))
    case "Split":
      guard let behavior = try behavior(of: value, at: path) else {
        throw document.error("\(path).behavior", "missing", "add Isolated, Removed or another")
      }
      return PatternSplitter(
        pattern: try pattern(of: value, at: path), behavior: behavior,
        isInverted: try flag("invert", of: value, at: path) ?? false)
    default:
      throw unsupported(
        path, value,
        supported: "BertPreTokenizer, ByteLevel, Metaspace, Whitespace, WhitespaceSplit, "
          + "Punctuation, Digits, CharDelimiterSplit, Split, Sequence or null")
    }
  }

  private func behavior(of value: JSONValue, at path: String) throws -> CutText.Behavior? {
    let known = CutText.Behavior.allCases.map(\.rawValue).joined(separator: ", ")
    return try document.optional("behavior", in: value, at: path, "one of \(known)") {
      $0.string.flatMap(CutText.Behavior.init)
    }
  }

  private func metaspace(_ value: JSONValue, at path: String) throws -> Metaspace {
    let known = Metaspace.PrependScheme.allCases.map(\.rawValue).joined(separator: ", ")
    var scheme =
      try document.optional("prepend_scheme", in: value, at: path, "one of \(known)") {
        $0.string.flatMap(Metaspace.PrependScheme.init)
      } ?? .always
    // Files of early versions have only this.
    if try flag("add_prefix_space", of: value, at: path) == false {
      guard scheme == .never || (value["prepend_scheme"]?.isNull ?? true) else {
        throw document.error(
          "\(path).add_prefix_space", "false, but prepend_scheme is \(scheme.rawValue)",
          "write never there, or true here")
      }
      scheme = .never
    }
    return Metaspace(
      replacement: try scalar("replacement", of: value, at: path), prependScheme: scheme,
      splits: try flag("split", of: value, at: path) ?? true)
  }
}
