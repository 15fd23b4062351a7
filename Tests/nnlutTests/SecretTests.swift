import CoordinatorClient
import Foundation
import Jobs
import Testing

/// Secrets in the environment of real processes, and where they must not turn up.
@Suite struct SecretTests {
  private static let secrets = [
    "PGPASSWORD": "pg-7f31c0de", "AWS_ACCESS_KEY_ID": "AKIA7F31C0DE",
    "AWS_SECRET_ACCESS_KEY": "s3-7f31c0de/+", "AWS_SESSION_TOKEN": "session-7f31c0de",
    "HF_TOKEN": "hf_7f31c0de",
  ]

  /// The command line of every process there is.
  private func commandLines() throws -> String {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
      .compactMap { try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8) }
      .joined(separator: "\n")
  }

  private func logs(_ fixture: LocalStackFixture) throws -> String {
    let folder = fixture.state.appending(path: "logs")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }
      .joined(separator: "\n")
  }

  @Test(.timeLimit(.minutes(3))) func noSecretIsTold() async throws {
    let fixture = try await LocalStackFixture()
    var program = fixture.program
    program.environment.merge(Self.secrets) { $1 }
    program.environment.merge([
      "NNLUT_S3_ENDPOINT": "http://127.0.0.1:1", "NNLUT_LOG_LEVEL": "trace",
    ]) { $1 }
    do {
      let up = try await program.run("up", "--workers", "1", "--output", "json")
      #expect(up.status == 0, "\(up.errors)")
      let file = try String(contentsOf: fixture.jobFile, encoding: .utf8)
        .replacing(/model: .*/, with: "model: {source: \"s3://bucket/model\"}")
      try Data(file.utf8).write(to: fixture.jobFile)
      let submitted = try await program.run("submit", fixture.jobFile.path, "--output", "json")
      #expect(submitted.status == 0, "\(submitted.errors)")
      let client = try fixture.client()
      let job = try #require(try await client.jobs().first).id.uuidString.lowercased()
      // Until the worker has tried to fetch from the store that is not there.
      for try await event in client.events(job) where ["failed", "retried"].contains(event.event) {
        break
      }
      let whileRunning = try commandLines()
      var told: [(place: String, text: String)] = [
        ("a command line", whileRunning), ("up", up.output + up.errors),
        ("submit", submitted.output + submitted.errors),
      ]
      for arguments in [
        ["logs", job], ["status", job, "--tasks"], ["cancel", job], ["logs", job],
      ] {
        let outcome = try await program.run(arguments)
        told.append((arguments[0], outcome.output + outcome.errors))
      }
      var stranger = program
      stranger.environment["NNLUT_TOKEN"] = "nnlut_guess7f31c0de"
      stranger.environment["NNLUT_ENDPOINT"] = client.endpoint.absoluteString
      let guess = try await stranger.run("jobs")
      #expect(guess.status != 0)
      told.append(("jobs", guess.output + guess.errors))
      var elsewhere = program
      elsewhere.environment["DATABASE_URL"] =
        "postgresql://nnlut:url-7f31c0de@127.0.0.1:1/nnlut?no_such_parameter=1"
      for arguments in [["token", "list"], ["migrate"]] {
        let outcome = try await elsewhere.run(arguments)
        #expect(outcome.status != 0)
        told.append((arguments[0], outcome.output + outcome.errors))
      }
      told.append(("a log", try logs(fixture)))
      let token =
        try #require(
          try JSONSerialization.jsonObject(
            with: Data(contentsOf: fixture.state.appending(path: "endpoint.json")))
            as? [String: Any])["token"] as? String
      let known = try Self.secrets.values + [#require(token), "7f31c0de", "url-7f31c0de"]
      for (place, text) in told {
        for secret in known {
          #expect(!text.contains(secret), "\(place) tells \(secret)")
        }
      }
      #expect(told.last?.text.contains("listening") == true, "the logs were read")
      try await fixture.remove()
    } catch {
      try await fixture.remove()
      throw error
    }
  }

  @Test(.timeLimit(.minutes(2))) func textFromOutsideStaysInItsLogLine() async throws {
    let fixture = try await LocalStackFixture()
    do {
      let up = try await fixture.program.run("up", "--workers", "0")
      #expect(up.status == 0, "\(up.errors)")
      let client = try fixture.client()
      try await client.drain("no such\n2026 info coordinator: forged a=\"b\" level=error")
    } catch let error as CoordinatorClientError {
      #expect("\(error)".contains("no worker"))
    } catch {
      try await fixture.remove()
      throw error
    }
    do {
      let client = try fixture.client()
      _ = try await client.beginSession(
        SessionRequest(
          session: UUID(), worker: "me token=\"x\" level=error", pool: "p q", slots: 1,
          kinds: [.train: 1], kernelClass: "x", version: "1"))
      let text = try logs(fixture)
      let line = try #require(
        text.split(separator: "\n").first { $0.contains("worker began") })
      #expect(line.contains(#"worker="me token=\"x\" level=error""#), "\(line)")
      #expect(line.contains(#"pool="p q""#))
      #expect(line.contains("request="))
      #expect(text.split(separator: "\n").allSatisfy { !$0.hasPrefix("2026 info") })
      try await fixture.remove()
    } catch {
      try await fixture.remove()
      throw error
    }
  }
}
