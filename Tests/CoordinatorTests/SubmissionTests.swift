import Foundation
import JobStore
import Jobs
import Testing

@testable import Coordinator

@Suite struct SubmissionTests {
  @Test(.timeLimit(.minutes(2))) func badSubmissionsLeaveTheStoreAsItWas() async throws {
    var limits = CoordinatorLimits()
    limits.body = 64 << 10
    let fixed = limits
    try await withStore { store in
      try await withCoordinator(over: store, limits: fixed) { coordinator in
        let token = try await coordinator.token(.submit)
        let file = String(decoding: TinyJob.file(), as: UTF8.self)
        let cases: [(body: Data, status: Int, says: String)] = [
          (Data(), 400, "empty"),
          (Data([0xff, 0xfe, 0x00]), 400, "UTF-8"),
          (Data("{\"apiVersion\": ".utf8), 400, "job file:"),
          (Data("[]".utf8), 400, "job file"),
          (Data(file.replacing("samples", with: "sample").utf8), 400, "sample"),
          (Data(file.replacing("entries: 4", with: "entries: 1").utf8), 400, "entries"),
          (Data(file.replacing("name: tiny", with: "name: Tiny_").utf8), 400, "metadata.name"),
          (Data(repeating: 0x20, count: 65 << 10), 413, "65536"),
        ]
        for (body, status, says) in cases {
          let response = try await coordinator.exchange(
            "POST", "/v1/jobs", token: token, body: body)
          let problem = try problem(response, status)
          #expect(problem.detail.contains(says), "\(problem.detail)")
        }
        let jobs = try await coordinator.exchange("GET", "/v1/jobs", token: token)
        #expect(try jobs.decode(Page<JobStatus>.self).items.isEmpty)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func aBadJobFileIsToldWithLineAndKey() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let file = String(decoding: TinyJob.file(), as: UTF8.self)
          .replacing("format: fp32", with: "format: fp99")
        let response = try await coordinator.exchange(
          "POST", "/v1/jobs", token: try await coordinator.token(.submit), body: Data(file.utf8))
        let problem = try problem(response, 400)
        #expect(problem.type == "invalid-job")
        #expect(problem.detail.contains("job file:9"))
        #expect(problem.detail.contains("format"))
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func anIdempotencyKeyMakesOneJob() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let token = try await coordinator.token(.submit)
        func submit(_ name: String, key: String) async throws -> RawResponse {
          try await coordinator.exchange(
            "POST", "/v1/jobs", token: token, headers: ["Idempotency-Key": key],
            body: TinyJob.file(name: name))
        }
        let first = try await submit("tiny", key: "k1")
        #expect(first.status == 201, "\(first.text)")
        let job = try first.decode(JobStatus.self)
        #expect(first.headers["location"] == "/v1/jobs/\(job.id.uuidString.lowercased())")
        let second = try await submit("tiny", key: "k1")
        #expect(second.status == 200)
        #expect(try second.decode(JobStatus.self).id == job.id)
        let conflict = try problem(try await submit("other", key: "k1"), 409)
        #expect(conflict.type == "idempotency-conflict")
        #expect(conflict.detail.contains(job.id.uuidString.lowercased()))
        #expect(try await submit("tiny", key: "k2").status == 201)
        _ = try problem(try await submit("tiny", key: String(repeating: "k", count: 300)), 400)
        _ = try problem(try await submit("tiny", key: "with space"), 400)
        let jobs = try await coordinator.exchange("GET", "/v1/jobs", token: token)
        #expect(try jobs.decode(Page<JobStatus>.self).items.count == 2)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func jobsAreListedInPages() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let token = try await coordinator.token(.submit)
        var submitted: [UUID] = []
        for number in 0..<5 {
          let response = try await coordinator.exchange(
            "POST", "/v1/jobs", token: token, body: TinyJob.file(name: "job-\(number)"))
          submitted.append(try response.decode(JobStatus.self).id)
        }
        var listed: [UUID] = []
        var after: String?
        repeat {
          let query = after.map { "&after=\($0)" } ?? ""
          let page = try await coordinator.exchange("GET", "/v1/jobs?limit=2\(query)", token: token)
            .decode(Page<JobStatus>.self)
          #expect(page.items.count <= 2)
          listed += page.items.map(\.id)
          after = page.next
        } while after != nil
        #expect(listed == submitted.reversed())
        for query in ["limit=0", "limit=501", "limit=x", "after=nonsense"] {
          _ = try problem(
            try await coordinator.exchange("GET", "/v1/jobs?\(query)", token: token), 400)
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func unknownThingsAreNotFound() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let token = try await coordinator.token(.admin)
        let digest = "sha256:" + String(repeating: "a", count: 64)
        let cases = [
          ("GET", "/v1/jobs/no-such-job", "unknown-job"),
          ("GET", "/v1/jobs/\(UUID().uuidString)/report", "unknown-job"),
          ("POST", "/v1/jobs/no-such-job/cancel", "unknown-job"),
          ("GET", "/v1/jobs/no-such-job/events", "unknown-job"),
          ("GET", "/v1/artifacts/none/versions/1", "unknown-artifact"),
          ("GET", "/v1/artifacts/none/versions", "unknown-artifact"),
          ("GET", "/v1/blobs/\(digest)", "unknown-blob"),
          ("POST", "/v1/workers/no-such-worker/drain", "unknown-worker"),
          ("GET", "/v1/pools/no-such-pool", "unknown-pool"),
        ]
        for (method, path, type) in cases {
          let response = try await coordinator.exchange(method, path, token: token)
          #expect(try problem(response, 404).type == type, "\(method) \(path)")
        }
        for path in ["/v1/blobs/sha256:123", "/v1/blobs/nothing"] {
          _ = try problem(try await coordinator.exchange("GET", path, token: token), 400)
        }
      }
    }
  }
}
