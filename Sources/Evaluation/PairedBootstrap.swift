/// The paired bootstrap: items are drawn anew with replacement, both models are scored on the same
/// draw, and the percentiles of the differences are the interval (Efron and Tibshirani, 1993, §13).
struct PairedBootstrap {
  /// `1...1_000_000`.
  var resamples: Int
  var seed: UInt64

  /// - Throws: `EvaluationError` when `resamples` is out of range.
  init(resamples: Int, seed: UInt64) throws {
    guard (1...1_000_000).contains(resamples) else {
      throw EvaluationError(
        problem: "\(resamples) resamples are out of range", remedy: "ask for 1 to 1000000")
    }
    self.resamples = resamples
    self.seed = seed
  }

  /// The 95 % interval of `difference`, which sees how often each of `items` items was drawn.
  func interval(items: Int, difference: ([Int]) -> Double) -> (lower: Double, upper: Double) {
    var generator = RandomGenerator(seed: seed)
    var differences: [Double] = []
    differences.reserveCapacity(resamples)
    for _ in 0..<resamples {
      var counts = [Int](repeating: 0, count: items)
      for _ in 0..<items { counts[generator.next(below: items)] += 1 }
      differences.append(difference(counts))
    }
    differences.sort()
    return (percentile(2.5, of: differences), percentile(97.5, of: differences))
  }

  /// With linear interpolation between order statistics (NumPy's default).
  private func percentile(_ percent: Double, of sorted: [Double]) -> Double {
    let position = percent / 100 * Double(sorted.count - 1)
    let index = Int(position)
    guard index + 1 < sorted.count else { return sorted[sorted.count - 1] }
    let fraction = position - Double(index)
    return sorted[index] + fraction * (sorted[index + 1] - sorted[index])
  }
}

extension PairedBootstrap {
  /// The difference of two means, from each item's own difference.
  func meanDifference(_ deltas: [Double], flips: Int) -> PairedDifference {
    func mean(_ counts: [Int]) -> Double {
      var sum = 0.0
      for (delta, count) in zip(deltas, counts) { sum += delta * Double(count) }
      return sum / Double(deltas.count)
    }
    let (lower, upper) = interval(items: deltas.count, difference: mean)
    return PairedDifference(
      difference: mean([Int](repeating: 1, count: deltas.count)), lower: lower, upper: upper,
      flips: flips, items: deltas.count)
  }
}
