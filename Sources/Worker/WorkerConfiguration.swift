import Foundation
import ObjectStorage

/// What a worker process is told.
public struct WorkerConfiguration: Sendable {
  /// The coordinator's address.
  public var endpoint: URL
  /// A token with the role `work`; never shown.
  public var token: String
  public var pool: String
  /// Tasks at the same time, `1...64`.
  public var slots: Int
  /// Fetched sources and inputs are kept here; several workers may share it.
  public var cacheDirectory: URL
  public var fetchPolicy: FetchPolicy
  /// After `beginShutdown`, how long running tasks may go on before they are released.
  public var gracePeriodSeconds: Double
  /// What it offers beside the tools it finds, as ``TaskRequirement/labels``.
  public var labels: [String]
  /// Memory for each slot; nil: the machine's, shared evenly.
  public var memoryMiB: Int?
  /// The program's version, for people.
  public var version: String
  /// Where the worker records every attempt, as JSON lines; nil: nowhere.
  public var journal: URL?

  public init(
    endpoint: URL, token: String, pool: String = "default", slots: Int = 1, cacheDirectory: URL,
    fetchPolicy: FetchPolicy = FetchPolicy(), gracePeriodSeconds: Double = 20,
    labels: [String] = [], memoryMiB: Int? = nil, version: String, journal: URL? = nil
  ) {
    self.labels = labels
    self.memoryMiB = memoryMiB
    self.endpoint = endpoint
    self.token = token
    self.pool = pool
    self.slots = slots
    self.cacheDirectory = cacheDirectory
    self.fetchPolicy = fetchPolicy
    self.gracePeriodSeconds = gracePeriodSeconds
    self.version = version
    self.journal = journal
  }
}
