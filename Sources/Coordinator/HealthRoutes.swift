import Hummingbird
import JobStore
import Jobs

/// What supervisors and scrapers ask; no token needed, nothing secret told.
struct HealthRoutes: Sendable {
  let store: JobStore
  let metrics: RequestMetrics
  /// The store waits for a database that is away; who asks here wants to know now.
  private static let patience = Duration.seconds(3)

  var routes: [Route] {
    [
      // The process serves requests; it says nothing about the database, or a restart of the
      // database would restart every coordinator.
      Route(.get, "/healthz", .everyone) { _ in Reply.text("ok\n", type: "text/plain") },
      // The database is there and its schema fits.
      Route(.get, "/readyz", .everyone) { _ in
        try await withDeadline(Self.patience, what: "the check") { try await store.check() }
        return Reply.text("ready\n", type: "text/plain")
      },
      Route(.get, "/metrics", .everyone) { _ in
        var text = MetricsText()
        text.add(metrics)
        text.add(
          try await withDeadline(Self.patience, what: "counting") { try await store.statistics() })
        return Reply.text(text.text, type: "text/plain; version=0.0.4; charset=utf-8")
      },
    ]
  }
}
