import LookupTables

extension WeightedInterval {
  /// What intervals hold strictly between two positions, in their order.
  static func mass(
    of intervals: [WeightedInterval]?, from start: Double, to end: Double
  ) -> Double {
    (intervals ?? []).reduce(0) { sum, interval in
      if interval.lower == interval.upper {
        return interval.lower > start && interval.lower < end ? sum + interval.weight : sum
      }
      let length = min(interval.upper, end) - max(interval.lower, start)
      return length > 0 ? sum + interval.weight * length / (interval.upper - interval.lower) : sum
    }
  }

  /// The part inside a range, with its share of the mass; nil when there is none.
  func clipped(to range: ClosedRange<Double>) -> WeightedInterval? {
    let start = max(lower, range.lowerBound)
    let end = min(upper, range.upperBound)
    guard start <= end, weight > 0 else { return nil }
    if lower == upper { return self }
    guard start < end else { return nil }
    let share = (end - start) / (upper - lower)
    return WeightedInterval(lower: start, upper: end, weight: weight * share)
  }
}

extension WeightedInterval {
  /// A single value as a table of the format meets it: the nearest number of fp16, or of float32, that
  /// the range holds.
  func representable(in range: ClosedRange<Double>, format: NumberFormat) -> WeightedInterval {
    var single = self
    let half = format == .fp16 ? Double(HalfEntries.quantized(Float(lower))) : .nan
    if range.contains(half) {
      single.lower = half
    } else {
      var nearest = Float(lower)
      if Double(nearest) < range.lowerBound { nearest = nearest.nextUp }
      if Double(nearest) > range.upperBound { nearest = nearest.nextDown }
      if range.contains(Double(nearest)) { single.lower = Double(nearest) }
    }
    single.upper = single.lower
    return single
  }
}

extension [WeightedInterval] {
  /// The intervals as a table of the format meets them: its inputs are numbers of fp16, so where those
  /// are coarse, the mass that rounds to each is a single value's.
  func asMet(by format: NumberFormat, in domain: ClosedRange<Double>) -> [WeightedInterval] {
    guard format == .fp16 else { return self }
    let limit = CoarseHalves.leastMagnitude(in: domain)
    guard domain.lowerBound < -limit || domain.upperBound > limit else { return self }
    var fine: [WeightedInterval] = []
    var masses: [Double: Double] = [:]
    for interval in self {
      guard interval.lower < interval.upper else {
        fine.append(interval)
        continue
      }
      if let part = interval.clipped(to: -limit...limit) { fine.append(part) }
      for side in [
        -Double.greatestFiniteMagnitude...(-limit), limit...Double.greatestFiniteMagnitude,
      ] {
        guard let part = interval.clipped(to: side) else { continue }
        let density = part.weight / (part.upper - part.lower)
        var start = part.lower
        while start < part.upper {
          var half = HalfEntries.quantized(Float(start))
          // Where the numbers end that round to it; a tie is of no weight.
          var end = 0.5 * (Double(half) + Double(half.nextUp))
          if end <= start {
            half = half.nextUp
            end = 0.5 * (Double(half) + Double(half.nextUp))
          }
          if !half.isFinite || !(end < part.upper) { end = part.upper }
          masses[
            Swift.min(Swift.max(Double(half), domain.lowerBound), domain.upperBound), default: 0] +=
            density * (end - start)
          start = end
        }
      }
    }
    return fine
      + masses.sorted { $0.key < $1.key }.map {
        WeightedInterval(lower: $0.key, upper: $0.key, weight: $0.value)
      }
  }
}

/// The fp16 numbers of a domain that count one by one.
enum CoarseHalves {
  /// The spacing from which on they do, as a share of the domain's width: about twenty thousand numbers
  /// at most.
  private static let leastSpacing = 0x1p-20

  /// The magnitude from which on the spacing 2^(e − 10) exceeds the share of the width.
  static func leastMagnitude(in domain: ClosedRange<Double>) -> Double {
    let width = domain.upperBound - domain.lowerBound
    return Double(
      sign: .plus, exponent: (width * leastSpacing * 0x1p10).exponent.clamped, significand: 1)
  }

  /// Ascending.
  static func numbers(in domain: ClosedRange<Double>) -> [Double] {
    let limit = leastMagnitude(in: domain)
    var numbers: [Double] = []
    var half = HalfEntries.quantized(Float(domain.lowerBound))
    let last = HalfEntries.quantized(Float(domain.upperBound))
    while half <= last {
      if Double(half).magnitude >= limit {
        numbers.append(Double(half))
        half = half.nextUp
      } else {
        half = Float16(limit)
      }
    }
    return numbers
  }
}

extension Int {
  /// Within what fp16 and its spacings reach.
  fileprivate var clamped: Int { Swift.min(Swift.max(self, -24), 16) }
}
