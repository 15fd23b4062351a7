import LookupTables

/// How a range reduction maps inputs to the table's: ``InputScaling``'s formulas, on intervals.
struct InputFold {
  let function: NonlinearFunction
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

  /// The interval as the table sees it. The masses carry the square of the factor that scales the
  /// result back, so that squared errors keep their weight.
  func images(of interval: WeightedInterval) -> [WeightedInterval] {
    switch scaling {
    case .none: return [interval]
    case .paper:
      let below = part(of: interval, from: 0, to: 1).map { $0.scaled(by: 1024, weight: 1024) }
      let above = part(of: interval, from: 1, to: .greatestFiniteMagnitude)
      return [below, above].compactMap { $0 }
    case .exponent:
      let step = function == .reciprocal ? 1 : 2
      var images: [WeightedInterval] = []
      var exponent = Int(interval.lower.exponent)
      if step == 2, exponent & 1 == 1 { exponent -= 1 }
      while powerOfTwo(exponent) <= interval.upper {
        let start = powerOfTwo(exponent)
        // reciprocal's factor is 2^−e, rsqrt's 2^(−e/2).
        let squaredFactor = powerOfTwo(step == 1 ? -2 * exponent : -exponent)
        if let part = part(of: interval, from: start, to: start * powerOfTwo(step)) {
          images.append(part.scaled(by: 1 / start, weight: squaredFactor))
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
  fileprivate func scaled(by factor: Double, weight weightFactor: Double) -> WeightedInterval {
    WeightedInterval(
      lower: lower * factor, upper: upper * factor, weight: weight * weightFactor)
  }
}
