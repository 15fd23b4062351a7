/// Why a source could not be had: what is wrong with it, and what to do.
public struct SourceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The source as the job file names it, without a query (which may hold a signature).
  public var source: String
  public var problem: String
  public var remedy: String
  /// Whether trying again later may help (a server that does not answer, a full disk).
  public var isRetryable: Bool
  /// It is not the source: the disk of the cache is full.
  public var isDiskFull: Bool

  public init(
    source: String, problem: String, remedy: String, isRetryable: Bool = false,
    isDiskFull: Bool = false
  ) {
    let shown = source.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.source = shown.count > 1 ? "\(shown[0])?…" : source
    self.problem = problem
    self.remedy = remedy
    self.isRetryable = isRetryable
    self.isDiskFull = isDiskFull
  }

  public var description: String { "\(source.prefix(400)): \(problem); \(remedy)" }
}
