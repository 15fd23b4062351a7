import Foundation

/// What a token may have in use at a time; nil: no limit.
public struct TokenQuotas: Hashable, Codable, Sendable, CustomStringConvertible {
  /// Jobs that have not ended, `0...2147483647`.
  public var unfinishedJobs: Int64?
  /// Tasks of those jobs that have not ended; no further job is taken in when they are as many.
  public var openTasks: Int64?
  /// Bytes of the blobs it uploaded that are still kept.
  public var blobBytes: Int64?

  public init(unfinishedJobs: Int64? = nil, openTasks: Int64? = nil, blobBytes: Int64? = nil) {
    self.unfinishedJobs = unfinishedJobs
    self.openTasks = openTasks
    self.blobBytes = blobBytes
  }

  /// What a new token gets: administrators and workers have no limit.
  public static func standard(_ role: Role) -> TokenQuotas {
    switch role {
    case .admin, .work: TokenQuotas()
    case .submit, .read: TokenQuotas(unfinishedJobs: 1000, openTasks: 1_000_000)
    }
  }

  public var description: String {
    func text(_ limit: Int64?) -> String { limit.map(String.init) ?? "unlimited" }
    return "jobs \(text(unfinishedJobs)), tasks \(text(openTasks)), bytes \(text(blobBytes))"
  }
}

/// What a quota limits, as refusals name it.
public enum Quota: String, CaseIterable, Sendable {
  case unfinishedJobs = "unfinished jobs"
  case openTasks = "open tasks"
  case blobBytes = "bytes of blobs"
}

/// How much of one quota is in use.
public struct QuotaUse: Hashable, Codable, Sendable {
  public var used: Int64
  /// Nil: no limit.
  public var limit: Int64?

  public init(used: Int64, limit: Int64?) {
    self.used = used
    self.limit = limit
  }
}

/// `GET /v1/token`: whose token it is, what it may do and what of its quotas is in use.
public struct TokenUse: Hashable, Codable, Sendable {
  public var name: String
  public var role: Role
  public var unfinishedJobs: QuotaUse
  public var openTasks: QuotaUse
  public var blobBytes: QuotaUse

  public init(
    name: String, role: Role, unfinishedJobs: QuotaUse, openTasks: QuotaUse, blobBytes: QuotaUse
  ) {
    self.name = name
    self.role = role
    self.unfinishedJobs = unfinishedJobs
    self.openTasks = openTasks
    self.blobBytes = blobBytes
  }
}

/// `GET /v1/audit`: one change that somebody asked for.
public struct AuditEntry: Hashable, Codable, Sendable {
  public var id: Int64
  public var at: Date
  /// Name of the token that asked, or `database` for who works on the database itself.
  public var token: String
  /// `token-created`, `token-revoked`, `quota-changed`, `job-submitted`, `job-cancelled`,
  /// `job-retried`, `alias-moved`, `pool-resized`, `worker-drained`.
  public var action: String
  /// The job, token, pool, worker or `artifact@alias` it was done to.
  public var subject: String
  public var detail: String

  public init(
    id: Int64, at: Date, token: String, action: String, subject: String, detail: String
  ) {
    self.id = id
    self.at = at
    self.token = token
    self.action = action
    self.subject = subject
    self.detail = detail
  }
}
