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
        try Reply.page(
          try await store.artifacts(
            after: request.query("after"), limit: try limits.pageLimit(request)), request)
      },
      Route(.get, "/v1/artifacts/{name}/versions", .role(.read)) { request in
        try Reply.page(
          try await store.artifactVersions(
            try request.parameter("name"), after: request.query("after"),
            limit: try limits.pageLimit(request)), request)
      },
      Route(.get, "/v1/artifacts/{name}/versions/{reference}", .role(.read)) { request in
        // Aliases move, so the version has to be asked for again; its files never change.
        try Reply.tagged(
          try await store.artifact(
            try request.parameter("name"), try request.parameter("reference")), request)
      },
      Route(.put, "/v1/artifacts/{name}/aliases/{alias}", .role(.submit), setAlias),
    ]
  }

  @Sendable private func setAlias(_ request: APIRequest) async throws -> Response {
    let name = try request.parameter("name")
    let alias = try request.parameter("alias")
    let body = try await request.decode(AliasTarget.self, upTo: limits.body)
    let version = try await store.setAlias(
      alias, of: name, to: body.version, token: request.identity?.name ?? "",
      when: try condition(request))
    request.logger.info(
      "alias moved",
      metadata: [
        "artifact": "\(name)", "alias": "\(alias)", "version": "\(body.version)",
        "token": "\(request.identity?.name ?? "")",
      ])
    return try Reply.json(version, headers: ["ETag": EntityTag(String(version.version)).text])
  }

  private func condition(_ request: APIRequest) throws -> AliasCondition? {
    let headers = request.request.headers
    if let field = headers[.ifNoneMatch], !field.isEmpty {
      guard field == "*" else { throw Refusal.invalid("If-None-Match: only * has a meaning here") }
      return .isNew
    }
    guard let field = headers[.ifMatch], !field.isEmpty else { return nil }
    if field == "*" { return .exists }
    guard field.hasPrefix("\""), field.hasSuffix("\""),
      let version = Int(field.dropFirst().dropLast())
    else {
      throw Refusal.invalid("If-Match: write a version's number in quotes, or *")
    }
    return .names(version)
  }
}
