import Foundation
import JobStore
import Jobs
import Logging
import ServiceLifecycle

/// Takes leases from sessions that have gone silent, from claims that never arrived and from frozen
/// attempts; every coordinator does it, since the statements are guarded. Prunes, while it leads:
/// that is work enough for one.
struct Housekeeping: Service {
  let store: JobStore
  let metrics: RequestMetrics
  let timing: CoordinatorTiming
  let retention: RetentionPolicy
  let logger: Logger
  /// Who this is among the coordinators, from its start to its end.
  private let id = UUID()
  private static let pruneBatch = 1000
  /// A round ends at some time, so that rescuing goes on.
  private static let longestPruning = Duration.seconds(5)

  init(
    store: JobStore, metrics: RequestMetrics, timing: CoordinatorTiming,
    retention: RetentionPolicy, logger: Logger
  ) {
    self.store = store
    self.metrics = metrics
    self.timing = timing
    self.retention = retention
    self.logger = logger
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var prunedAt: ContinuousClock.Instant?
      var renewedAt: ContinuousClock.Instant?
      var hearing = Hearing(since: .now)
      while !Task.isCancelled {
        do { try await Task.sleep(for: timing.housekeeping.jittered()) } catch { break }
        guard await check() else { continue }
        await rescue(&hearing)
        let isFresh = renewedAt.map { ContinuousClock.now - $0 < timing.leadership / 3 } ?? false
        if !metrics.isLeader || !isFresh {
          guard await lead() else { continue }
          renewedAt = .now
        }
        if let prunedAt, ContinuousClock.now - prunedAt < timing.prune { continue }
        if await prune() { prunedAt = .now }
      }
    }
    guard metrics.isLeader else { return }
    metrics.isLeader = false
    // Not in the task that was cancelled. Left undone, the lead expires.
    await Task { [store, id] in try? await store.resign(holder: id) }.value
  }

  /// - Returns: Whether the database is there and this program may still work with it: a newer one
  ///   may have changed the schema while this one ran.
  private func check() async -> Bool {
    do {
      try await store.check()
      if metrics.schemaProblem != nil { logger.notice("the schema fits again") }
      metrics.schemaProblem = nil
      return true
    } catch let error as JobStoreError {
      if metrics.schemaProblem == nil {
        logger.error("no more requests are served", metadata: ["reason": "\(error)"])
      }
      metrics.schemaProblem = error.description
      metrics.isLeader = false
    } catch {
      note("check", error)
    }
    return false
  }

  private func rescue(_ hearing: inout Hearing) async {
    do {
      hearing.heard(
        at: .now, longestGap: max(timing.lease / 2, timing.housekeeping.upperBound * 2))
      let report = try await store.rescue(
        leaseSeconds: hearing.duration >= timing.lease ? timing.lease.inSeconds : nil)
      guard report != RescueReport() else { return }
      metrics.count(report)
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

  private func lead() async -> Bool {
    do {
      let leads = try await store.lead(holder: id, seconds: timing.leadership.inSeconds)
      if leads != metrics.isLeader {
        logger.info(leads ? "leads the housekeeping" : "leads the housekeeping no more")
      }
      metrics.isLeader = leads
    } catch {
      note("lead", error)
      metrics.isLeader = false
    }
    return metrics.isLeader
  }

  /// - Returns: Whether nothing is left to remove for now.
  private func prune() async -> Bool {
    let start = ContinuousClock.now
    do {
      repeat {
        let report = try await store.prune(retention, limit: Self.pruneBatch)
        metrics.count(report)
        guard report != PruneReport() else { return true }
        logger.info(
          "pruned",
          metadata: Logger.Metadata(
            report.byTable.filter { $0.rows > 0 }.map { ($0.table, "\($0.rows)") },
            uniquingKeysWith: { first, _ in first }))
      } while ContinuousClock.now - start < Self.longestPruning && !Task.isCancelled
    } catch {
      note("prune", error)
      return true
    }
    return false
  }

  /// The store may be away; the next round tries again.
  private func note(_ step: String, _ error: any Error) {
    guard !(error is CancellationError) else { return }
    metrics.countHousekeepingFailure()
    logger.warning("housekeeping failed", metadata: ["step": "\(step)", "error": "\(error)"])
  }
}
