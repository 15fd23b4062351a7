import Hummingbird
import JobStore
import Jobs

/// What supervisors and scrapers ask; no token needed, nothing secret told.
struct HealthRoutes: Sendable {
  let store: JobStore
  let metrics: RequestMetrics

  var routes: [Route] {
    [
      // The process serves requests; it says nothing about the database, or a restart of the
      // database would restart every coordinator.
      Route(.get, "/healthz", .everyone) { _ in Reply.text("ok\n", type: "text/plain") },
      // The database is there and its schema fits.
      Route(.get, "/readyz", .everyone) { _ in
        try await store.check()
        return Reply.text("ready\n", type: "text/plain")
      },
      Route(.get, "/metrics", .everyone) { _ in
        var text = MetricsText()
        text.add(metrics)
        text.add(try await store.statistics())
        return Reply.text(text.text, type: "text/plain; version=0.0.4; charset=utf-8")
      },
    ]
  }
}
