import Artifacts
import Foundation
import JobStore
import Jobs
import Testing

@testable import Coordinator

@Suite struct QuotaTests {
  @Test(.timeLimit(.minutes(1))) func submissionsSideBySideDoNotPassTheQuota() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let secret = try await store.createToken(
          name: "team", role: .submit, quotas: TokenQuotas(unfinishedJobs: 3))
        let statuses = try await withThrowingTaskGroup(of: RawResponse.self) { group in
          for number in 0..<12 {
            group.addTask {
              try await coordinator.exchange(
                "POST", "/v1/jobs", token: secret, headers: ["Idempotency-Key": "k\(number)"],
                body: TinyJob.file(name: "job-\(number)"))
            }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count { $0.status == 201 } == 3)
        for refused in statuses where refused.status != 201 {
          let problem = try problem(refused, 409)
          #expect(problem.type == "quota-exceeded")
          #expect(problem.detail.contains("'team' may have 3 unfinished jobs and has 3"))
        }
        let use = try await coordinator.exchange("GET", "/v1/token", token: secret)
          .decode(TokenUse.self)
        #expect(use.unfinishedJobs == QuotaUse(used: 3, limit: 3))
        #expect(use.name == "team" && use.role == .submit)
        // A key that was refused is free for another try.
        let job = try #require(statuses.first { $0.status == 201 }).decode(JobStatus.self)
        let cancel = try await coordinator.exchange(
          "POST", "/v1/jobs/\(job.id)/cancel", token: secret)
        #expect(cancel.status == 200)
        let again = try await coordinator.exchange(
          "POST", "/v1/jobs", token: secret, body: TinyJob.file(name: "again"))
        #expect(again.status == 201)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func openTasksAndBytesCountToo() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let secret = try await store.createToken(
          name: "team", role: .admin, quotas: TokenQuotas(openTasks: 1, blobBytes: 100_000))
        func submit(_ name: String) async throws -> RawResponse {
          try await coordinator.exchange(
            "POST", "/v1/jobs", token: secret, body: TinyJob.file(name: name))
        }
        #expect(try await submit("one").status == 201)
        let refused = try problem(try await submit("two"), 409)
        #expect(refused.detail.contains("1 open tasks"))
        func upload(_ bytes: Data) async throws -> RawResponse {
          try await coordinator.exchange(
            "PUT", "/v1/blobs/\(ContentDigest(of: bytes))", token: secret, body: bytes)
        }
        #expect(try await upload(Data(repeating: 1, count: 30_000)).status == 201)
        #expect(try await upload(Data(repeating: 1, count: 30_000)).status == 201, "counted once")
        #expect(try await upload(Data(repeating: 2, count: 70_000)).status == 201)
        let full = try problem(try await upload(Data([3])), 409)
        #expect(full.detail.contains("100000 bytes of blobs and has 100000"))
        try await store.setQuotas(TokenQuotas(), of: "team")
        #expect(try await upload(Data([3])).status == 201)
        #expect(try await submit("two").status == 201)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func oneKeyAtOnceIsOneJob() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let token = try await coordinator.token(.submit)
        let replies = try await withThrowingTaskGroup(of: RawResponse.self) { group in
          for _ in 0..<8 {
            group.addTask {
              try await coordinator.exchange(
                "POST", "/v1/jobs", token: token, headers: ["Idempotency-Key": "same"],
                body: TinyJob.file())
            }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(replies.count { $0.status == 201 } == 1)
        #expect(replies.count { $0.status == 200 } == 7)
        #expect(Set(try replies.map { try $0.decode(JobStatus.self).id }).count == 1)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func changesAreNotedWithWhoAskedForThem() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let secret = try await store.createToken(name: "alice", role: .admin, by: "database (me)")
        _ = try await store.createToken(name: "bob", role: .read, by: "database (me)")
        try await store.revokeToken(name: "bob", by: "database (me)")
        let job = try await coordinator.exchange(
          "POST", "/v1/jobs", token: secret, body: TinyJob.file()
        ).decode(JobStatus.self).id.uuidString.lowercased()
        for action in ["cancel", "retry"] {
          #expect(
            try await coordinator.exchange("POST", "/v1/jobs/\(job)/\(action)", token: secret)
              .status == 200)
        }
        _ = try await coordinator.exchange(
          "PUT", "/v1/pools/local", token: secret, json: PoolSize(pool: "local", desired: 2))
        var seen: [[String]] = []
        var path: String? = "/v1/audit?limit=3"
        while let next = path {
          let reply = try await coordinator.exchange("GET", next, token: secret)
          seen += try reply.decode(Page<AuditEntry>.self).items.map {
            [$0.token, $0.action, $0.subject]
          }
          path = reply.headers["link"].map { String($0.dropFirst().prefix { $0 != ">" }) }
        }
        #expect(
          seen.reversed() == [
            ["database (me)", "token-created", "alice"],
            ["database (me)", "token-created", "bob"],
            ["database (me)", "token-revoked", "bob"], ["alice", "job-submitted", job],
            ["alice", "job-cancelled", job], ["alice", "job-retried", job],
            ["alice", "pool-resized", "local 2"],
          ])
        #expect(!"\(seen)".contains(secret))
      }
    }
  }
}
