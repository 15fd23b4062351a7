import Foundation
import Hummingbird
import JobStore
import Jobs
import Logging

/// `/v1/workers`: who is there, and asking one to leave.
struct WorkerRoutes: Sendable {
  let store: JobStore
  let limits: CoordinatorLimits

  var routes: [Route] {
    [
      Route(.get, "/v1/workers", .role(.read), list),
      Route(.post, "/v1/workers/{session}/drain", .role(.admin)) { request in
        let worker = try request.parameter("session")
        try await store.drain(worker: worker)
        try await store.recordChange(
          "worker-drained", of: worker, by: request.identity?.name ?? "")
        request.logger.info("worker drains", metadata: ["worker": "\(worker.prefix(200))"])
        return Reply.empty
      },
    ]
  }

  /// In pages, by pool and name; `after` is the session that ended the page before.
  @Sendable private func list(_ request: APIRequest) async throws -> Response {
    let limit = try limits.pageLimit(request)
    var workers = try await store.workers()
    if let after = request.query("after") {
      guard let session = UUID(uuidString: after) else {
        throw Refusal.invalid("after: '\(after.prefix(80))' is not the `next` of a page")
      }
      // One that has ended meanwhile: from the beginning, rather than leaving some out.
      let last = workers.firstIndex { $0.session == session }
      workers = last.map { Array(workers[($0 + 1)...]) } ?? workers
    }
    let items = Array(workers.prefix(limit))
    let next = workers.count > limit ? items.last?.session.uuidString.lowercased() : nil
    return try Reply.page(Page(items: items, next: next), request)
  }
}
