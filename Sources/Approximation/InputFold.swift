import LookupTables

/// How a range reduction maps inputs to the table's: ``InputScaling``'s formulas, on intervals.
struct InputFold {
  let function: ScaledFunction?
  let scaling: InputScaling

  /// The domain of the table that serves the inputs in `bounds`.
  ///
  /// Scaling `paper` without calibration keeps the bounds: the published training range is the
  /// table's own.
  func tableDomain(_ bounds: ClosedRange<Double>, isCalibrated: Bool) -> ClosedRange<Double> {
    switch scaling {
    case .none: return bounds
    case .exponent: return 1...(function == .reciprocal ? 2 : 4)
    case .paper:
      guard isCalibrated, bounds.lowerBound < 1 else { return bounds }
      let smallest = 1024 * bounds.lowerBound
      guard bounds.upperBound >= 1 else { return smallest...(1024 * bounds.upperBound) }
      return min(1, smallest)...max(1024, bounds.upperBound)
    }
  }

  /// An interval as the table sees it.
  struct Image {
    /// With the mass of the inputs.
    var interval: WeightedInterval
    /// The square of the factor that scales the result back: what a squared error counts.
    var squaredFactor: Double
  }

  func images(of interval: WeightedInterval) -> [Image] {
    switch scaling {
    case .none: return [Image(interval: interval, squaredFactor: 1)]
    case .paper:
      let below = part(of: interval, from: 0, to: 1)
        .map { Image(interval: $0.stretched(by: 1024), squaredFactor: 1024) }
      let above = part(of: interval, from: 1, to: .greatestFiniteMagnitude)
        .map { Image(interval: $0, squaredFactor: 1) }
      return [below, above].compactMap { $0 }
    case .exponent:
      let step = function == .reciprocal ? 1 : 2
      var images: [Image] = []
      var exponent = Int(interval.lower.exponent)
      if step == 2, exponent & 1 == 1 { exponent -= 1 }
      while powerOfTwo(exponent) <= interval.upper {
        let start = powerOfTwo(exponent)
        if let part = part(of: interval, from: start, to: start * powerOfTwo(step)) {
          // reciprocal's factor is 2^−e, rsqrt's 2^(−e/2).
          images.append(
            Image(
              interval: part.stretched(by: 1 / start),
              squaredFactor: powerOfTwo(step == 1 ? -2 * exponent : -exponent)))
        }
        exponent += step
      }
      return images
    }
  }

  /// The part in `[start, end)`.
  private func part(of interval: WeightedInterval, from start: Double, to end: Double)
    -> WeightedInterval?
  {
    if interval.lower == interval.upper {
      return interval.lower >= start && interval.lower < end ? interval : nil
    }
    return interval.clipped(to: start...end)
  }
}

extension WeightedInterval {
  fileprivate func stretched(by factor: Double) -> WeightedInterval {
    WeightedInterval(lower: lower * factor, upper: upper * factor, weight: weight)
  }
}
