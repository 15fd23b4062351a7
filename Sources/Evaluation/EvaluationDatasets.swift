import Foundation

/// The kinds of evaluation and how to read each.
public enum EvaluationDatasets {
  /// The kinds that `loadDataset` knows.
  public static let kinds = [
    "retrieval", "similarity", "classification", "regression", "token-classification",
    "question-answering", "masked-language-modelling",
  ]

  /// Reads labelled data from a folder.
  ///
  /// - Parameters:
  ///   - kind: `retrieval` (BEIR layout), `similarity` (`<split>.csv`) or `classification`
  ///     (`<split>.tsv` and `head.json`).
  /// - Throws: `EvaluationError` that names file, line and remedy.
  public static func loadDataset(
    kind: String, directory: URL, options: EvaluationOptions = EvaluationOptions()
  ) throws -> any EvaluationDataset {
    switch kind {
    case "retrieval": try RetrievalDataset(directory: directory)
    case "similarity": try SimilarityDataset(directory: directory)
    case "classification": try ClassificationDataset(directory: directory)
    default:
      throw EvaluationError(
        problem: "there is no kind of evaluation called '\(kind.prefix(40))'",
        remedy: "use one of \(kinds.joined(separator: ", "))")
    }
  }

  /// Files of a folder by split: those whose name is `<split>` between one of `patterns`' prefixes
  /// and suffixes, sorted by split. The split `train` is left out.
  static func splitFiles(
    in directory: URL, patterns: [(prefix: String, suffix: String)], remedy: String
  ) throws -> [(split: String, file: URL)] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    } catch {
      throw EvaluationError(
        file: directory.path, problem: "cannot list the folder (\(error.localizedDescription))",
        remedy: remedy)
    }
    var found: [(split: String, file: URL)] = []
    for name in names.sorted() {
      guard
        let pattern = patterns.first(where: {
          name.hasPrefix($0.prefix) && name.hasSuffix($0.suffix)
        })
      else { continue }
      let split = String(name.dropFirst(pattern.prefix.count).dropLast(pattern.suffix.count))
      guard !split.isEmpty, split != "train" else { continue }
      if let other = found.first(where: { $0.split == split }) {
        throw EvaluationError(
          file: directory.appendingPathComponent(name).path,
          problem: "split '\(split)' is also in \(other.file.lastPathComponent)",
          remedy: "keep one of the two files")
      }
      found.append((split, directory.appendingPathComponent(name)))
    }
    guard !found.isEmpty else {
      throw EvaluationError(
        file: directory.path, problem: "the folder has no split other than train", remedy: remedy)
    }
    return found.sorted { $0.split < $1.split }
  }

  static func unknownSplit(_ split: String, known: some Sequence<String>) -> EvaluationError {
    EvaluationError(
      problem: "the data set has no split '\(split.prefix(40))'",
      remedy: "use one of \(known.sorted().joined(separator: ", "))")
  }

  static func unknownMetric(_ metric: String, known: [String]) -> EvaluationError {
    EvaluationError(
      problem: "there is no metric '\(metric.prefix(40))' for this kind of evaluation",
      remedy: "use one of \(known.joined(separator: ", "))")
  }

  static func misfit(_ predictions: Predictions, kind: String, items: Int) -> EvaluationError {
    EvaluationError(
      problem: "these \(predictions.count) predictions do not fit \(items) items of \(kind)",
      remedy: "score predictions of the same data set and split")
  }

  static func checkRows(_ embeddings: EmbeddingMatrix, texts: Int) throws {
    guard embeddings.rows == texts else {
      throw EvaluationError(
        problem: "\(embeddings.rows) embeddings for a data set of \(texts) texts",
        remedy: "embed every text of the data set once, in its order")
    }
  }
}
