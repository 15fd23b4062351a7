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
        try Reply.json(try await store.job(try await job(request)))
      },
      Route(.get, "/v1/jobs/{job}/tasks", .role(.read), tasks),
      Route(.get, "/v1/jobs/{job}/attempts", .role(.read), attempts),
      Route(.get, "/v1/jobs/{job}/specification", .role(.read)) { request in
        try Reply.json(try await store.specification(job: try await job(request)))
      },
      Route(.get, "/v1/jobs/{job}/report", .role(.read), report),
      Route(.post, "/v1/jobs/{job}/cancel", .role(.submit)) { request in
        try Reply.json(
          try await store.cancel(job: try await job(request), token: request.identity?.name ?? ""))
      },
      Route(.post, "/v1/jobs/{job}/retry", .role(.submit)) { request in
        try Reply.json(
          try await store.retry(job: try await job(request), token: request.identity?.name ?? ""))
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
    guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (33...126).contains($0) })
    else {
      throw Refusal.invalid(
        "Idempotency-Key must have 1 to 200 visible ASCII characters, for example a UUID")
    }
    return key
  }

  @Sendable private func list(_ request: APIRequest) async throws -> Response {
    try Reply.page(
      try await store.jobs(after: request.query("after"), limit: try limits.pageLimit(request)),
      request)
  }

  @Sendable private func tasks(_ request: APIRequest) async throws -> Response {
    try Reply.page(
      try await store.tasks(
        job: try await job(request), after: request.query("after"),
        limit: try limits.pageLimit(request)), request)
  }

  @Sendable private func attempts(_ request: APIRequest) async throws -> Response {
    try Reply.page(
      try await store.attempts(
        job: try await job(request), task: request.query("task"), after: request.query("after"),
        limit: try limits.pageLimit(request)), request)
  }

  @Sendable private func report(_ request: APIRequest) async throws -> Response {
    let job = try await job(request)
    let specification = try await store.specification(job: job)
    let results = try await store.results(job: job, kinds: JobReport.kinds)
    return try Reply.json(
      try JobReport(
        specification,
        results: Dictionary(results.map { ($0.name, $0.bytes) }, uniquingKeysWith: { $1 })))
  }

  /// `{job}`: a UUID, a unique prefix of one, or a name.
  private func job(_ request: APIRequest) async throws -> UUID {
    try await store.jobID(try request.parameter("job"))
  }
}
