/// Which variant is published by a job's rule, and why. Pure and deterministic.
public struct PublishDecision: Hashable, Codable, Sendable {
  /// What the rule looks at in one variant.
  public struct Candidate: Hashable, Sendable {
    /// Index of the variant.
    public var variant: Int
    public var label: String
    /// Baseline minus variant, of each evaluation's metric on its select split.
    public var drops: [Double]
    /// Area of the programmable unit, µm².
    public var area: Double
    /// The mean over its tables.
    public var entries: Double

    public init(variant: Int, label: String, drops: [Double], area: Double, entries: Double) {
      self.variant = variant
      self.label = label
      self.drops = drops
      self.area = area
      self.entries = entries
    }

    /// The largest loss; 0 when nothing was evaluated.
    public var worstDrop: Double { drops.max() ?? 0 }
  }

  /// Index of the chosen variant; nil when none qualifies.
  public var variant: Int?
  /// One sentence for people.
  public var explanation: String

  /// Of the variants whose every drop is at most the rule's, the one with the least area, entries or
  /// drop; on a tie the smaller of (drop, area, entries), then the one listed first.
  /// - Parameter notMade: How many variants there are beside the candidates that cannot be made.
  public init(rule: PublishRule, candidates: [Candidate], notMade: Int = 0) {
    let qualified = candidates.filter { $0.worstDrop <= rule.maximumDrop }
    let best = qualified.min { left, right in
      let leftKey = Self.order(left, rule.minimize)
      let rightKey = Self.order(right, rule.minimize)
      return leftKey == rightKey
        ? left.variant < right.variant : leftKey.lexicographicallyPrecedes(rightKey)
    }
    variant = best?.variant
    let allowed = "a drop of at most \(rule.maximumDrop)"
    let others = notMade > 0 ? "; \(notMade) more cannot be made" : ""
    if let best {
      explanation =
        "\(best.label) has the least \(rule.minimize.rawValue) of \(qualified.count) of "
        + "\(candidates.count) variants with \(allowed) on the select split" + others
    } else {
      let closest = candidates.min { ($0.worstDrop, $0.variant) < ($1.worstDrop, $1.variant) }
      explanation =
        "no variant has \(allowed) on the select split"
        + (closest.map { "; the closest, \($0.label), drops \($0.worstDrop)" } ?? "") + others
        + "; raise publish.require.maxDrop or add variants with more entries"
    }
  }

  private static func order(_ candidate: Candidate, _ minimize: PublishRule.Minimize) -> [Double] {
    let rest = [candidate.worstDrop, candidate.area, candidate.entries]
    return switch minimize {
    case .area: [candidate.area] + rest
    case .entries: [candidate.entries] + rest
    case .drop: rest
    }
  }
}
