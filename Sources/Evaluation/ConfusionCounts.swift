/// How often each class was predicted, meant, and both.
struct ConfusionCounts {
  enum Metric: String, CaseIterable { case accuracy, f1 }

  private var correct: [Int]
  private var predicted: [Int]
  private var meant: [Int]

  /// - Parameter labels: at least 2.
  init(labels: Int) {
    correct = [Int](repeating: 0, count: labels)
    predicted = correct
    meant = correct
  }

  /// Adds `count` items of one class.
  mutating func add(_ count: Int, truth: Int, prediction: Int) {
    meant[truth] += count
    predicted[prediction] += count
    if truth == prediction { correct[truth] += count }
  }

  func value(_ metric: Metric) -> Double {
    switch metric {
    case .accuracy:
      let total = meant.reduce(0, +)
      return total > 0 ? Double(correct.reduce(0, +)) / Double(total) : 0
    case .f1:
      if correct.count == 2 { return f1(1) ?? 0 }
      // As scikit-learn's macro average: over the classes that are meant or predicted.
      let values = correct.indices.compactMap(f1)
      return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
  }

  /// 2 · correct / (predicted + meant); nil for a class that does not occur.
  private func f1(_ label: Int) -> Double? {
    let total = predicted[label] + meant[label]
    return total > 0 ? 2 * Double(correct[label]) / Double(total) : nil
  }
}
