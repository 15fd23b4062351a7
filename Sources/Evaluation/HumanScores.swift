/// Numbers of a model beside those of people: correlations and how two models compare.
struct HumanScores: Sendable {
  enum Metric: String, CaseIterable { case spearman, pearson }

  let values: [Double]
  private let order: Correlation.Order

  init(_ values: [Double]) {
    self.values = values
    order = Correlation.Order(values)
  }

  /// Spearman's ρ (average ranks for ties) and Pearson's r; 0 where a correlation is undefined
  /// because one side is constant.
  /// - Parameter outputs: as many as there are scores.
  func metrics(_ outputs: [Double]) -> [String: Double] {
    let once = [Int](repeating: 1, count: outputs.count)
    return Dictionary(
      uniqueKeysWithValues: Metric.allCases.map {
        ($0.rawValue, statistic($0, outputs)(once))
      })
  }

  /// - Parameter flips: items whose output changed as far as the kind cares.
  func difference(
    _ metric: Metric, variant: [Double], baseline: [Double], flips: Int,
    _ bootstrap: PairedBootstrap
  ) -> PairedDifference {
    let variantValue = statistic(metric, variant)
    let baselineValue = statistic(metric, baseline)
    func difference(_ counts: [Int]) -> Double { variantValue(counts) - baselineValue(counts) }
    let (lower, upper) = bootstrap.interval(items: variant.count, difference: difference)
    return PairedDifference(
      difference: difference([Int](repeating: 1, count: variant.count)), lower: lower,
      upper: upper, flips: flips, items: variant.count)
  }

  /// The metric as a function of how often each item counts.
  private func statistic(_ metric: Metric, _ outputs: [Double]) -> ([Int]) -> Double {
    switch metric {
    case .spearman:
      let outputOrder = Correlation.Order(outputs)
      return { Correlation.spearman(outputOrder, order, counts: $0) }
    case .pearson:
      return { Correlation.pearson(outputs, values, counts: $0) }
    }
  }
}
