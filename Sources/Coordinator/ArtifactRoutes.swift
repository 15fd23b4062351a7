import Hummingbird
import JobStore
import Jobs
import Logging

/// `/v1/artifacts`: names, versions, aliases. The files are blobs.
struct ArtifactRoutes: Sendable {
  let store: JobStore
  let limits: CoordinatorLimits

  /// `PUT /v1/artifacts/{name}/aliases/{alias}`.
  struct AliasTarget: Codable, Sendable {
    var version: Int
  }

  var routes: [Route] {
    [
      Route(.get, "/v1/artifacts", .role(.read)) { request in
        try Reply.json(
          try await store.artifacts(
            after: request.query("after"), limit: try limits.pageLimit(request)))
      },
      Route(.get, "/v1/artifacts/{name}/versions", .role(.read)) { request in
        try Reply.json(
          try await store.artifactVersions(
            try request.parameter("name"), after: request.query("after"),
            limit: try limits.pageLimit(request)))
      },
      Route(.get, "/v1/artifacts/{name}/versions/{reference}", .role(.read)) { request in
        try Reply.json(
          try await store.artifact(
            try request.parameter("name"), try request.parameter("reference")))
      },
      Route(.put, "/v1/artifacts/{name}/aliases/{alias}", .role(.submit), setAlias),
    ]
  }

  @Sendable private func setAlias(_ request: APIRequest) async throws -> Response {
    let name = try request.parameter("name")
    let alias = try request.parameter("alias")
    let body = try await request.decode(AliasTarget.self, upTo: limits.body)
    let version = try await store.setAlias(
      alias, of: name, to: body.version, token: request.identity?.name ?? "")
    request.logger.info(
      "alias moved",
      metadata: [
        "artifact": "\(name)", "alias": "\(alias)", "version": "\(body.version)",
        "token": "\(request.identity?.name ?? "")",
      ])
    return try Reply.json(version)
  }
}
