import Hummingbird
import JobStore
import Jobs

/// `/v1/token` and `/v1/audit`: whose token this is, and who changed what. Tokens are made and
/// revoked on the database (`nnlut token`), never over the network.
struct TokenRoutes: Sendable {
  let store: JobStore
  let limits: CoordinatorLimits

  var routes: [Route] {
    [
      Route(.get, "/v1/token", .anyRole) { request in
        try Reply.json(try await store.tokenUse(request.identity?.name ?? ""))
      },
      Route(.get, "/v1/audit", .role(.admin)) { request in
        try Reply.page(
          try await store.audit(
            after: request.query("after"), limit: try limits.pageLimit(request)), request)
      },
    ]
  }
}
