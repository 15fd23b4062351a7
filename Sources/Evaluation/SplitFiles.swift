import Foundation

/// Which files of a folder are which split.
///
/// The split is the file's name without its extension: `dev.tsv`, `test.jsonl`, `dev_matched.tsv`.
/// Names that data sets are published under are understood: `stsb-en-dev.csv`, `stsa.binary.dev`,
/// `dev-v2.0.json`, `wiki.valid.tokens`. The split `train` is left out.
enum SplitFiles {
  static let sentimentPrefix = "stsa.binary."
  private static let prefixes = [sentimentPrefix, "stsb-en-", "wiki."]
  /// What a `.json` or `.txt` file may be called that is no split but speaks of the data.
  private static let splitNames = ["dev", "test", "valid", "val", "eval"]
  private static let otherNames: Set<String> = [
    "readme", "license", "notice", "citation", "labels", "requirements", "changelog", "sources",
  ]

  /// The files with one of `extensions`, sorted by split.
  /// - Parameter remedy: what to put there when there is nothing.
  /// - Throws: `EvaluationError` when the folder cannot be listed, two files are the same split, or
  ///   there is no split.
  static func find(in directory: URL, extensions: Set<String>, remedy: String) throws
    -> [(split: String, file: URL)]
  {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    } catch {
      throw EvaluationError(
        file: directory.path, problem: "cannot list the folder (\(error.localizedDescription))",
        remedy: remedy)
    }
    var found: [(split: String, file: URL)] = []
    for name in names {
      guard let split = split(of: name, extensions), !split.isEmpty, !isTraining(split) else {
        continue
      }
      if let other = found.first(where: { $0.split == split }) {
        throw EvaluationError(
          file: directory.appendingPathComponent(name).path,
          problem: "split '\(split)' is also in \(other.file.lastPathComponent)",
          remedy: "keep one of the two files")
      }
      found.append((split, directory.appendingPathComponent(name)))
    }
    guard !found.isEmpty else {
      if let parquet = names.first(where: { $0.lowercased().hasSuffix(".parquet") }) {
        throw EvaluationError(
          file: directory.appendingPathComponent(parquet).path,
          problem: "Parquet files are not read", remedy: MappedFile.parquetRemedy)
      }
      throw EvaluationError(
        file: directory.path, problem: "the folder has no split other than train", remedy: remedy)
    }
    return found.sorted { $0.split < $1.split }
  }

  private static func isTraining(_ split: String) -> Bool {
    split == "train" || split.hasPrefix("train-") && split.contains("-of-")
  }

  private static func split(of name: String, _ extensions: Set<String>) -> String? {
    guard !name.hasPrefix(".") else { return nil }
    if name.hasPrefix(sentimentPrefix) {
      return extensions.contains("tsv") ? String(name.dropFirst(sentimentPrefix.count)) : nil
    }
    let file = URL(fileURLWithPath: name)
    let ending = file.pathExtension.lowercased()
    guard extensions.contains(ending) else { return nil }
    var split = file.deletingPathExtension().lastPathComponent
    if let prefix = prefixes.first(where: split.hasPrefix) {
      split = String(split.dropFirst(prefix.count))
    }
    if let version = split.range(of: #"-v[0-9]+(\.[0-9]+)*$"#, options: .regularExpression) {
      split = String(split[..<version.lowerBound])
    }
    let lowercased = split.lowercased()
    if ending == "json", !splitNames.contains(where: lowercased.hasPrefix) { return nil }
    if ending == "txt", otherNames.contains(lowercased) { return nil }
    return split
  }
}
