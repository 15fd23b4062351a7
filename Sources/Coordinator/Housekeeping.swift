import JobStore
import Jobs
import Logging
import ServiceLifecycle

/// Takes leases from sessions that have gone silent, from claims that never arrived and from frozen
/// attempts, and prunes. Every coordinator does it: the statements are guarded, so two at once do
/// no harm.
struct Housekeeping: Service {
  let store: JobStore
  let metrics: RequestMetrics
  let timing: CoordinatorTiming
  let logger: Logger
  private static let pruneBatch = 1000

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var prunedAt = ContinuousClock.now
      var hearing = Hearing(since: .now)
      while !Task.isCancelled {
        do { try await Task.sleep(for: timing.housekeeping.jittered()) } catch { return }
        await rescue(&hearing)
        if ContinuousClock.now - prunedAt >= timing.prune {
          prunedAt = .now
          await prune()
        }
      }
    }
  }

  private func rescue(_ hearing: inout Hearing) async {
    do {
      try await store.check()
      hearing.heard(
        at: .now, longestGap: max(timing.lease / 2, timing.housekeeping.upperBound * 2))
      let report = try await store.rescue(
        leaseSeconds: hearing.duration >= timing.lease ? timing.lease.inSeconds : nil)
      guard report != RescueReport() else { return }
      metrics.countTakeovers(report.takenOver)
      logger.info(
        "rescued",
        metadata: [
          "expiredSessions": "\(report.expiredSessions)", "takenOver": "\(report.takenOver)",
          "frozen": "\(report.frozen)", "failed": "\(report.failed)",
        ])
    } catch {
      note("rescue", error)
    }
  }

  private func prune() async {
    do {
      let report = try await store.prune(
        olderThan: timing.retention.inSeconds, limit: Self.pruneBatch)
      logger.debug(
        "pruned",
        metadata: [
          "blobs": "\(report.blobs)", "sessions": "\(report.sessions)",
          "idempotencyKeys": "\(report.idempotencyKeys)",
        ])
    } catch {
      note("prune", error)
    }
  }

  /// The store may be away; the next round tries again.
  private func note(_ step: String, _ error: any Error) {
    guard !(error is CancellationError) else { return }
    metrics.countHousekeepingFailure()
    logger.warning("housekeeping failed", metadata: ["step": "\(step)", "error": "\(error)"])
  }
}

/// For how long sessions could be heard without a break. After a start, or when the database was
/// away, their silence says nothing about them: without this, an outage longer than a lease would
/// take the work of a whole fleet away and count it as crashed.
struct Hearing {
  private var since: ContinuousClock.Instant
  private var last: ContinuousClock.Instant

  init(since start: ContinuousClock.Instant) {
    since = start
    last = start
  }

  var duration: Duration { last - since }

  /// The database has answered.
  mutating func heard(at now: ContinuousClock.Instant, longestGap: Duration) {
    if now - last > longestGap { since = now }
    last = now
  }
}
