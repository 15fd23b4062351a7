import Foundation
import Hummingbird
import JobStore
import Jobs
import Logging

/// `/v1/jobs`: submit, look, cancel, retry, report.
struct JobRoutes: Sendable {
  let store: JobStore
  let limits: CoordinatorLimits

  var routes: [Route] {
    [
      Route(.post, "/v1/jobs", .role(.submit), submit),
      Route(.get, "/v1/jobs", .role(.read), list),
      Route(.get, "/v1/jobs/{job}", .role(.read)) { request in
        try Reply.json(try await store.job(try request.parameter("job")))
      },
      Route(.get, "/v1/jobs/{job}/tasks", .role(.read), tasks),
      Route(.get, "/v1/jobs/{job}/specification", .role(.read)) { request in
        try Reply.json(try await store.specification(try request.parameter("job")))
      },
      Route(.get, "/v1/jobs/{job}/report", .role(.read), report),
      Route(.post, "/v1/jobs/{job}/cancel", .role(.submit)) { request in
        try Reply.json(try await store.cancel(try request.parameter("job")))
      },
      Route(.post, "/v1/jobs/{job}/retry", .role(.submit)) { request in
        try Reply.json(try await store.retry(try request.parameter("job")))
      },
    ]
  }

  /// 201 for a new job; 200 when the same key brought the same job before.
  @Sendable private func submit(_ request: APIRequest) async throws -> Response {
    let key = try idempotencyKey(request)
    let bytes = try await request.body(upTo: limits.body)
    guard !bytes.isEmpty else { throw Refusal.invalid("the body is empty: send a job file") }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw Refusal.invalid("the job file is not UTF-8 text")
    }
    let specification = try JobSpecification(yaml: text, file: "job file")
    let (status, isNew) = try await store.submit(
      specification, idempotencyKey: key, token: request.identity?.name ?? "")
    if isNew {
      request.logger.info(
        "job submitted",
        metadata: [
          "job": "\(status.id.uuidString.lowercased())", "name": "\(status.name)",
          "token": "\(request.identity?.name ?? "")",
        ])
    }
    return try Reply.json(
      status, status: isNew ? .created : .ok,
      headers: ["Location": "/v1/jobs/\(status.id.uuidString.lowercased())"])
  }

  private func idempotencyKey(_ request: APIRequest) throws -> String? {
    guard let key = request.request.headers.value("Idempotency-Key") else { return nil }
    guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (33...126).contains($0) })
    else {
      throw Refusal.invalid(
        "Idempotency-Key must have 1 to 255 visible ASCII characters, for example a UUID")
    }
    return key
  }

  @Sendable private func list(_ request: APIRequest) async throws -> Response {
    let limit = try request.integer("limit", in: 1...limits.pageItems) ?? 50
    return try Reply.json(try await store.jobs(after: request.query("after"), limit: limit))
  }

  @Sendable private func tasks(_ request: APIRequest) async throws -> Response {
    let limit = try request.integer("limit", in: 1...limits.pageItems) ?? limits.pageItems
    return try Reply.json(
      try await store.tasks(
        try request.parameter("job"), after: request.query("after"), limit: limit))
  }

  @Sendable private func report(_ request: APIRequest) async throws -> Response {
    let status = try await store.job(try request.parameter("job"))
    return try Reply.json(try await store.report(status))
  }
}
