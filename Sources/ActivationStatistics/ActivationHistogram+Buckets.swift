/// The values of one bfloat16 bucket, to be read as a uniform density over `[lower, upper]`.
public struct Bucket: Hashable, Sendable {
  /// Not above `upper`; equal to it where all values of the bucket are known to be the same.
  public let lower: Float
  public let upper: Float
  /// At least 1.
  public let count: UInt64
}

extension ActivationHistogram {
  /// The occupied buckets of finite values in ascending order; the outer ones are clipped to the
  /// exact minimum and maximum.
  public var buckets: [Bucket] {
    occupied.map { ordinal, count in
      let bounds = clippedBounds(ordinal)
      return Bucket(lower: bounds.lower, upper: bounds.upper, count: count)
    }
  }

  /// The range that holds at least `percentile` per cent of the finite values, cut alike on both
  /// sides: `⌊count · (100 − percentile) / 200⌋` values may lie below and as many above. The bounds
  /// are bucket edges, clipped to the exact minimum and maximum.
  ///
  /// - Parameter percentile: Above 0, at most 100; read to six decimals. 100 gives minimum and
  ///   maximum.
  /// - Returns: nil when there is no finite value or the percentile is out of range.
  public func range(percentile: Double) -> ClosedRange<Float>? {
    guard count > 0, percentile > 0, percentile <= 100 else { return nil }
    let millionths = UInt64(((100 - percentile) * 1_000_000).rounded())
    let product = count.multipliedFullWidth(by: millionths)
    let cut = min(UInt64(200_000_000).dividingFullWidth(product).quotient, (count - 1) / 2)

    let occupied = occupied
    guard let low = Self.ordinal(ofRank: cut, in: occupied),
      let high = Self.ordinal(ofRank: cut, in: occupied.reversed())
    else { return nil }
    return clippedBounds(low).lower...clippedBounds(high).upper
  }

  /// Ordinal and count of each occupied bucket of finite values, ascending.
  var occupied: [(ordinal: Int, count: UInt64)] {
    guard count > 0 else { return [] }
    return (0..<Pattern.finiteCount).compactMap { ordinal in
      let count = counters[Pattern.of(ordinal: ordinal)]
      return count > 0 ? (ordinal, count) : nil
    }
  }

  private static func ordinal(
    ofRank rank: UInt64, in buckets: [(ordinal: Int, count: UInt64)]
  ) -> Int? {
    var below: UInt64 = 0
    for bucket in buckets {
      below += bucket.count
      if rank < below { return bucket.ordinal }
    }
    return nil
  }

  private func clippedBounds(_ ordinal: Int) -> (lower: Float, upper: Float) {
    let bounds = Pattern.bounds(ordinal: ordinal)
    return (max(bounds.lower, extrema.minimum), min(bounds.upper, extrema.maximum))
  }
}
