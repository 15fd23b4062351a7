import Artifacts
import CoordinatorClient
import Foundation
import JobStore
import Jobs
import Testing

@testable import Coordinator

/// A job from its file to its artifact, through HTTP alone.
@Suite struct WorkerLifeTests {
  @Test(.timeLimit(.minutes(3))) func aJobRunsToItsArtifact() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let admin = try coordinator.client(try await coordinator.token(.admin))
        let reader = try coordinator.client(try await coordinator.token(.read))
        let worker = try await TinyWorker.begin(
          try coordinator.client(try await coordinator.token(.work)), salt: "life")
        let job = try await admin.submitTinyJob()
        let status = try await worker.work(on: job, watcher: reader)
        #expect(status.state == .succeeded, "\(String(describing: status.failure))")
        let artifact = try #require(status.artifact)
        #expect(artifact.name == "tiny")
        #expect(artifact.version == 1)

        let version = try await reader.artifact("tiny", reference: "latest")
        #expect(version.digest == artifact.digest)
        #expect(version.job == job)
        for (file, expected) in zip(version.files, TinyJob.artifactFiles(salt: "life")) {
          #expect(try await reader.blob(file.digest) == expected.bytes)
        }
        #expect(
          try await reader.artifact("tiny", reference: artifact.digest.description) == version)
        try await admin.setAlias("tiny", alias: "production", version: 1)
        #expect(try await reader.artifact("tiny", reference: "production").version == 1)
        #expect(try await reader.artifacts().map(\.name) == ["tiny"])

        let tasks = try await reader.tasks(job.uuidString)
        #expect(tasks.allSatisfy { $0.state == .succeeded })
        #expect(
          Set(tasks.map(\.kind)) == Set(TaskKind.allCases).subtracting([.sensitivity, .assign]))
        let report = try await coordinator.exchange(
          "GET", "/v1/jobs/tiny/report", token: try await coordinator.token(.read))
        let rows = try report.decode(JobReport.self).rows
        #expect(rows.count == 2)
        #expect(rows.last?.largestError?.value == 0.25)
        #expect(rows.last?.hardware != nil)
        #expect(
          try await reader.specification(job.uuidString)
            == JobSpecification(
              yaml: String(decoding: TinyJob.file(), as: UTF8.self), file: "job file"))
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func aSessionsWorkIsFenced() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let submitter = try coordinator.client(try await coordinator.token(.submit))
        let client = try coordinator.client(try await coordinator.token(.work))
        let first = try await TinyWorker.begin(client, salt: "fence")
        let second = try await TinyWorker.begin(client, salt: "fence")
        _ = try await submitter.submitTinyJob()
        let task = try #require(try await first.claim().first)
        #expect(task.parameters.kind == .resolve)
        // Not the second's to complete, and not to be claimed twice.
        #expect(try await second.complete([task]) == [task.id])
        #expect(try await second.claim(waitSeconds: 0).isEmpty)
        // Given back and taken by the second: the first is refused, also after the second is done.
        let released = try await client.release(
          first.session, ReleaseRequest(released: [task.id]))
        #expect(released.refused.isEmpty)
        let again = try #require(try await second.claim().first)
        #expect(again.id.computation == task.id.computation)
        #expect(again.id.attempt > task.id.attempt)
        #expect(try await first.complete([task]) == [task.id])
        #expect(try await second.complete([again]).isEmpty)
        // A repeated complete is accepted.
        #expect(try await second.complete([again]).isEmpty)
        #expect(try await first.complete([task]) == [task.id])
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func aFailureEndsTheJobWithItsReason() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let submitter = try coordinator.client(try await coordinator.token(.submit))
        let client = try coordinator.client(try await coordinator.token(.work))
        let worker = try await TinyWorker.begin(client, salt: "failure")
        let job = try await submitter.submitTinyJob()
        let task = try #require(try await worker.claim().first)
        let reply = try await client.fail(
          worker.session,
          FailRequest(
            id: task.id,
            failure: TaskFailure(
              code: "bad-input", message: "no such folder", isRetryable: false)))
        #expect(reply.refused.isEmpty)
        let status = try await submitter.job(job.uuidString)
        #expect(status.state == .failed)
        #expect(status.failure?.code == "bad-input")
        let events = try await coordinator.exchange(
          "GET", "/v1/jobs/\(job)/events", token: try await coordinator.token(.read))
        #expect(events.text.contains("no such folder"))
        // Tried again, the same job goes on and ends well.
        #expect(try await submitter.retry(job.uuidString).state != .failed)
        #expect(try await worker.work(on: job, watcher: submitter).state == .succeeded)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func badMessagesNameThePlace() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let token = try await coordinator.token(.work)
        let session = UUID()
        let begin = try await coordinator.exchange(
          "POST", "/v1/sessions", token: token, json: TinyWorker.request(session))
        #expect(begin.status == 200, "\(begin.text)")
        let base = "/v1/sessions/\(session)"
        let cases = [
          ("/claim", "{\"limit\": 0, \"waitSeconds\": 0}", "limit"),
          ("/claim", "{\"limit\": 1, \"waitSeconds\": 31}", "waitSeconds"),
          ("/claim", "{\"limit\": 1, \"waitSeconds\": 1e300}", "waitSeconds"),
          ("/claim", "{\"limit\": 1}", "waitSeconds"),
          ("/claim", "{\"limit\": \"x\", \"waitSeconds\": 0}", "limit"),
          ("/claim", "{\"limit\": 1, ", "no JSON"),
          ("/claim", "", "empty"),
          (
            "/heartbeat",
            "{\"waitSeconds\": 0, \"running\": [{\"id\": {\"computation\": 1, \"attempt\": 1}, "
              + "\"progress\": 2}]}", "progress"
          ),
          (
            "/complete",
            "{\"completions\": [{\"id\": {\"computation\": 1, \"attempt\": \"x\"}, "
              + "\"result\": \"sha256:\"}]}", "completions[0].id.attempt"
          ),
          ("/release", "{\"released\": [{\"computation\": 1}]}", "released[0]"),
          (
            "/release", "{\"released\": [{\"computation\": 1, \"attempt\": 2147483648}]}",
            "a number in it"
          ),
        ]
        for (path, body, says) in cases {
          let response = try await coordinator.exchange(
            "POST", base + path, token: token, body: Data(body.utf8))
          let detail = try problem(response, 400).detail
          #expect(detail.contains(says), "\(path) \(body): \(detail)")
        }
        let noUUID = try await coordinator.exchange(
          "POST", "/v1/sessions/nonsense/claim", token: token,
          json: ClaimRequest(limit: 1, waitSeconds: 0))
        #expect(try problem(noUUID, 400).detail.contains("UUID"))
        let unknown = try await coordinator.exchange(
          "POST", "/v1/sessions/\(UUID())/claim", token: token,
          json: ClaimRequest(limit: 1, waitSeconds: 0))
        #expect(try problem(unknown, 404).type == "unknown-session")
      }
    }
  }
}
