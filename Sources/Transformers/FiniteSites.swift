import CKernels
import Models

/// Where in a model the first value appears that is NaN or infinite.
public struct FiniteSites: Sendable {
  /// A site, and on which side of its function such a value stood first.
  public struct Fault: Hashable, Sendable, CustomStringConvertible {
    public var site: String
    /// Whether what it received was finite and its answer was not.
    public var isAnswer: Bool

    public var description: String {
      isAnswer
        ? "\(site): its function answers NaN or infinities to finite values"
        : "\(site): it receives NaN or infinities"
    }
  }

  private let names: [String]
  private var first: (site: Int, isAnswer: Bool)?

  public init(_ model: ModelDescription) { names = model.sites.map(\.name) }

  /// The first in execution order of those that were seen; nil when all were finite.
  public var fault: Fault? {
    first.map { Fault(site: names[$0.site], isAnswer: $0.isAnswer) }
  }

  /// Looks at what a site received or answered; in any order.
  public mutating func see(site: Int, isAnswer: Bool, _ values: UnsafeBufferPointer<Float>) {
    guard names.indices.contains(site), let start = values.baseAddress else { return }
    if let first, (first.site, first.isAnswer ? 1 : 0) <= (site, isAnswer ? 1 : 0) { return }
    if !exact_all_finite(start, values.count) { first = (site, isAnswer) }
  }
}

/// A recorder that keeps nothing but ``FiniteSites``.
public final class FiniteSitesRecorder: ActivationRecorder {
  private var sites: FiniteSites

  public init(_ model: ModelDescription) { sites = FiniteSites(model) }

  public var fault: FiniteSites.Fault? { sites.fault }

  public func record(site: Int, _ values: UnsafeBufferPointer<Float>) {
    sites.see(site: site, isAnswer: false, values)
  }

  public func record(answersOf site: Int, _ values: UnsafeBufferPointer<Float>) {
    sites.see(site: site, isAnswer: true, values)
  }
}
