import LookupTables

extension ReLUNetwork {
  /// The same function as a table of `neurons.count + 1` entries: breakpoints −b/n in ascending
  /// order, slope and intercept of a piece the sums over the neurons active on it.
  ///
  /// A neuron whose switch lies nowhere on the real line (n = 0, or −b/n beyond float64) is on or
  /// off everywhere; its entry is empty: its breakpoint repeats the last one.
  ///
  /// - Throws: `TableError` when N is not in `2...256` or a sum is not finite.
  public func piecewiseLinear() throws -> PiecewiseLinear {
    let switches = neurons.map { neuron -> Double? in
      let position = -neuron.bias / neuron.inputWeight
      return neuron.inputWeight != 0 && position.isFinite ? position : nil
    }
    var breakpoints = switches.compactMap { $0 }.sorted()
    let last = breakpoints.last ?? 0
    breakpoints += Array(repeating: last, count: neurons.count - breakpoints.count)

    var slopes: [Double] = []
    var intercepts: [Double] = []
    for entry in 0...neurons.count {
      var slope = slope
      var intercept = intercept
      for (neuron, position) in zip(neurons, switches)
      where
        neuron.isActive(switchingAt: position, onEntry: entry, of: breakpoints)
      {
        slope += neuron.outputWeight * neuron.inputWeight
        intercept += neuron.outputWeight * neuron.bias
      }
      slopes.append(slope)
      intercepts.append(intercept)
    }
    return try PiecewiseLinear(breakpoints: breakpoints, slopes: slopes, intercepts: intercepts)
  }
}

extension ReLUNetwork.Neuron {
  /// Whether the neuron is on between `breakpoints[entry − 1]` and `breakpoints[entry]`.
  /// - Parameter position: Where it switches; nil when it never does.
  fileprivate func isActive(
    switchingAt position: Double?, onEntry entry: Int, of breakpoints: [Double]
  ) -> Bool {
    guard let position else { return bias > 0 }
    if inputWeight > 0 { return entry > 0 && breakpoints[entry - 1] >= position }
    return entry < breakpoints.count && breakpoints[entry] <= position
  }
}
