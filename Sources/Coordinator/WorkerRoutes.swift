import Hummingbird
import JobStore
import Jobs
import Logging

/// `/v1/workers`: who is there, and asking one to leave.
struct WorkerRoutes: Sendable {
  let store: JobStore

  var routes: [Route] {
    [
      Route(.get, "/v1/workers", .role(.read)) { _ in
        try Reply.json(Page(items: try await store.workers(), next: nil))
      },
      Route(.post, "/v1/workers/{session}/drain", .role(.admin)) { request in
        let worker = try request.parameter("session")
        try await store.drain(worker: worker)
        request.logger.info("worker drains", metadata: ["worker": "\(worker.prefix(200))"])
        return Reply.empty
      },
    ]
  }
}
