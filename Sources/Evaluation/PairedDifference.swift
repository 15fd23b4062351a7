/// Two models on the same items: the difference of a metric and how sure one can be of it.
public struct PairedDifference: Hashable, Codable, Sendable {
  /// Metric of the variant minus metric of the baseline.
  public var difference: Double
  /// The 2.5th percentile of the difference over the paired bootstrap's resamples.
  public var lower: Double
  /// The 97.5th percentile.
  public var upper: Double
  /// Items whose prediction changed: the first document, the class, or the similarity on the
  /// scale 0 to 5 rounded to an integer.
  public var flips: Int
  /// Items compared.
  public var items: Int
  /// McNemar's exact two-sided p: how likely it is that as many items or more go one way of those
  /// on which only one of the two is right, if both ways are equally likely; `0...1`. Nil for metrics
  /// that do not call an item right or wrong.
  public var mcNemar: Double?

  public init(
    difference: Double, lower: Double, upper: Double, flips: Int, items: Int,
    mcNemar: Double? = nil
  ) {
    self.difference = difference
    self.lower = lower
    self.upper = upper
    self.flips = flips
    self.items = items
    self.mcNemar = mcNemar
  }
}
