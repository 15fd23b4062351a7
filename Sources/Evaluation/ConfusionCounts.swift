/// How often each class was predicted, meant, and both.
struct ConfusionCounts {
  enum Metric: String, CaseIterable { case accuracy, f1, matthews }

  private let positive: Int
  private var correct: [Int]
  private var predicted: [Int]
  private var meant: [Int]

  /// - Parameters:
  ///   - labels: how many, at least 2.
  ///   - positive: the one of two that F1 is about.
  init(labels: Int, positive: Int) {
    self.positive = positive
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
      if correct.count == 2 { return f1(positive) ?? 0 }
      // As scikit-learn's macro average: over the classes that are meant or predicted.
      let values = correct.indices.compactMap(f1)
      return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    case .matthews: return matthews
    }
  }

  /// 2 · correct / (predicted + meant); nil for a class that does not occur.
  private func f1(_ label: Int) -> Double? {
    let total = predicted[label] + meant[label]
    return total > 0 ? 2 * Double(correct[label]) / Double(total) : nil
  }

  /// Matthews' correlation for any number of classes (Gorodkin, 2004); 0 where it is undefined
  /// because all items are of one class or predicted as one.
  private var matthews: Double {
    let total = Double(meant.reduce(0, +))
    let right = Double(correct.reduce(0, +))
    func product(_ left: [Int], _ right: [Int]) -> Double {
      zip(left, right).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    }
    let both = right * total - product(meant, predicted)
    let truth = total * total - product(meant, meant)
    let prediction = total * total - product(predicted, predicted)
    guard truth > 0, prediction > 0 else { return 0 }
    return both / (truth.squareRoot() * prediction.squareRoot())
  }
}
