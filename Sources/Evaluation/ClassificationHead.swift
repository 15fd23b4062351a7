import Foundation

/// A linear classifier on embeddings, fitted elsewhere (`head.json`).
///
/// `{"labels": [...], "weight": [[...], ...], "bias": [...], "normalize": true}`: one row of weights
/// and one bias per label, or a single row for two labels (logistic regression, the second label
/// positive). `normalize` (default true) scales embeddings to length 1 first.
struct ClassificationHead: Sendable {
  let labels: [String]
  let weight: [[Double]]
  let bias: [Double]
  let normalizes: Bool

  private struct Document: Decodable {
    var labels: [String]
    var weight: [[Double]]
    var bias: [Double]
    var normalize: Bool?
  }

  /// Larger files are refused: 256 MiB.
  private static let maximumBytes = 1 << 28

  /// - Throws: `EvaluationError` naming the file and the key.
  init(contentsOf url: URL) throws {
    func error(_ problem: String, _ remedy: String) -> EvaluationError {
      EvaluationError(file: url.path, problem: problem, remedy: remedy)
    }
    let form = "write labels, weight (one row per label, or one row for two labels) and bias"
    let document: Document
    do {
      let size = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int ?? 0
      guard size <= Self.maximumBytes else {
        throw error("the file has \(size) bytes, more than \(Self.maximumBytes)", form)
      }
      document = try JSONDecoder().decode(Document.self, from: Data(contentsOf: url))
    } catch let failure as EvaluationError {
      throw failure
    } catch let failure as DecodingError {
      throw error("the head cannot be read: \(failure.reason)", form)
    } catch let failure {
      throw error(
        "cannot read the classification head (\(failure.localizedDescription))",
        "put head.json beside the splits: \(form)")
    }
    let columns = document.weight.first?.count ?? 0
    let rows = document.labels.count == 2 && document.weight.count == 1 ? 1 : document.labels.count
    guard document.labels.count >= 2, Set(document.labels).count == document.labels.count else {
      throw error("\"labels\" must name two different classes or more", form)
    }
    guard document.weight.count == rows, columns > 0,
      document.weight.allSatisfy({ $0.count == columns })
    else {
      throw error("\"weight\" does not fit \(document.labels.count) labels", form)
    }
    guard document.bias.count == rows else {
      throw error("\"bias\" has \(document.bias.count) numbers for \(rows) rows of weights", form)
    }
    labels = document.labels
    weight = document.weight
    bias = document.bias
    normalizes = document.normalize ?? true
  }

  var columns: Int { weight[0].count }

  /// One score per label: the logits; 0 and the logit for a single row of weights.
  func scores(_ embedding: ArraySlice<Float>) -> [Float] {
    let logits = zip(weight, bias).map { weights, bias in
      var sum = bias
      for (weight, value) in zip(weights, embedding) { sum += weight * Double(value) }
      return Float(sum)
    }
    return logits.count == 1 ? [0] + logits : logits
  }

  /// The class a data file means: a label's name, or its index.
  func label(_ text: some StringProtocol) -> Int? {
    if let index = labels.firstIndex(where: { $0 == text }) { return index }
    return Int(text).flatMap { labels.indices.contains($0) ? $0 : nil }
  }
}
