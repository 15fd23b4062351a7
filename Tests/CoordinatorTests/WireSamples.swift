import Artifacts
import Foundation
import Jobs

@testable import Coordinator

/// A value of a type that travels.
struct WireSample: Sendable, CustomStringConvertible {
  var name: String
  var value: any Sendable

  init(_ value: any Sendable) {
    name = "\(type(of: value))"
    self.value = value
  }

  var description: String { name }
}

/// One of each.
enum WireSamples {
  private static let digest = ContentDigest(of: Data())
  private static let id = AttemptID(computation: 1, attempt: 1)
  private static let failure = TaskFailure(code: "x", message: "y", isRetryable: false)
  private static let now = Date(timeIntervalSince1970: 0)

  static let all: [WireSample] = [
    WireSample(
      JobStatus(
        id: UUID(), name: "x", state: .queued, createdAt: now, finishedAt: nil, kinds: [],
        failure: nil, artifact: nil, slots: 0)),
    WireSample(
      KindProgress(
        kind: .train, total: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, reused: 0,
        runningProgress: 0, meanSeconds: nil)),
    WireSample(ArtifactReference(name: "x", version: 1, digest: digest)),
    WireSample(failure),
    WireSample(
      TaskStatus(
        name: "x", kind: .train, state: .ready, attempt: 1, worker: nil, isReused: false,
        result: nil, failure: nil, startedAt: nil, finishedAt: nil)),
    WireSample(
      TaskAttempt(
        task: "x", attempt: 1, worker: nil, outcome: .crashed, isCounted: nil, failure: nil,
        signal: nil, log: nil, startedAt: nil, endedAt: now)),
    WireSample(JobEvent(id: 1, at: now, event: "x", task: nil, message: "")),
    WireSample(id),
    WireSample(
      SessionRequest(
        session: UUID(), worker: "x", pool: "x", slots: 1, kinds: [.train: 1], kernelClass: "x",
        version: "1")),
    WireSample(SessionReply(heartbeatSeconds: 1, leaseSeconds: 1)),
    WireSample(ClaimRequest(limit: 1, waitSeconds: 0)),
    WireSample(ClaimReply(tasks: [])),
    WireSample(
      ClaimedTask(
        id: id, job: UUID(), name: "x",
        parameters: .merge(MergeParameters()), inputs: [:], sources: [:])),
    WireSample(HeartbeatRequest(running: [], waitSeconds: 0)),
    WireSample(HeartbeatRequest.Running(id: id, progress: 0)),
    WireSample(HeartbeatReply(lost: [], drain: false, expired: false)),
    WireSample(CompleteRequest(completions: [])),
    WireSample(CompleteRequest.Completion(id: id, result: digest, inline: nil)),
    WireSample(FailRequest(id: id, failure: failure)),
    WireSample(CrashReport(signal: "SIGSEGV", log: "")),
    WireSample(ReleaseRequest(released: [])),
    WireSample(FencedReply(refused: [])),
    WireSample(
      WorkerStatus(
        session: UUID(), worker: "x", pool: "x", slots: 1, running: [], isDraining: false,
        version: "1", kernelClass: "x", startedAt: now, seenAt: now)),
    WireSample(PoolSize(pool: "x", desired: 1)),
    WireSample(
      ArtifactVersion(
        name: "x", version: 1, digest: digest, aliases: [], files: [], job: nil, createdAt: now)),
    WireSample(ArtifactFile(path: "x", digest: digest, size: 1)),
    WireSample(ArtifactRoutes.AliasTarget(version: 1)),
    WireSample(Problem(type: "x", title: "x", status: 400, detail: "x")),
    WireSample(
      TokenUse(
        name: "x", role: .read, unfinishedJobs: QuotaUse(used: 0, limit: nil),
        openTasks: QuotaUse(used: 0, limit: nil), blobBytes: QuotaUse(used: 0, limit: nil))),
    WireSample(QuotaUse(used: 0, limit: nil)),
    WireSample(
      AuditEntry(id: 1, at: now, token: "x", action: "x", subject: "x", detail: "")),
  ]
}
