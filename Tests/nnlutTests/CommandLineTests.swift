import Foundation
import TestSupport
import Testing

/// What a user sees of mistakes: one message that names the place and the remedy, and the
/// documented exit code.
@Suite struct CommandLineTests {
  private let program: Program

  init() throws {
    let state = try TemporaryDirectory.make()
    program = Program(environment: ["NNLUT_STATE_DIR": state.path])
  }

  @Test func helpAndVersion() async throws {
    let help = try await program.run("--help")
    #expect(help.status == 0)
    for command in ["run", "up", "submit", "plan", "workers", "artifact", "doctor"] {
      #expect(help.output.contains(command))
    }
    #expect(try await program.run("--version").status == 0)
  }

  @Test(arguments: [
    (["frobnicate"], "frobnicate"), (["jobs", "--limit", "0"], "1 to 1000"),
    (["workers", "scale", "1001"], "0 to 1000"), (["completion", "tcsh"], "bash, zsh or fish"),
    (["up", "--port", "99999"], "0 to 65535"),
  ])
  func wrongArgumentsAreUsageErrors(arguments: [String], mention: String) async throws {
    let outcome = try await program.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(mention))
  }

  @Test func aMissingJobFileIsNotFound() async throws {
    let outcome = try await program.run("run", "/no/such/job.yaml")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("/no/such/job.yaml"))
  }

  @Test func anUnknownKeyNamesLineAndKey() async throws {
    let folder = try TemporaryDirectory.make()
    let file = folder.appending(path: "job.yaml")
    try Data(
      """
      apiVersion: nnlut/v1
      kind: CalibrationJob
      metadata: {name: a}
      modle: {source: "file:x"}
      """.utf8
    ).write(to: file)
    let outcome = try await program.run("run", file.path)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("job.yaml:4"))
    #expect(outcome.errors.contains("modle"))
  }

  @Test func withoutAStackTheRemedyIsNamed() async throws {
    let outcome = try await program.run("jobs")
    #expect(outcome.status == 4)
    #expect(outcome.errors.contains("nnlut up"))
  }

  @Test func anUnreachableCoordinator() async throws {
    var there = program
    there.environment["NNLUT_TOKEN"] = "x"
    let outcome = try await there.run("jobs", "--endpoint", "http://127.0.0.1:9")
    #expect(outcome.status == 4)
    #expect(outcome.errors.contains("127.0.0.1:9"))
  }

  @Test func aPasswordOnTheCommandLineIsRefused() async throws {
    let outcome = try await program.run(
      "migrate", "--database-url", "postgresql://user:hunter2@db.example/nnlut")
    #expect(outcome.status == 2)
    #expect(!outcome.errors.contains("hunter2"))
  }

  @Test func doctorFindsThePartsThatTestsNeed() async throws {
    let outcome = try await program.run("doctor")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("PostgreSQL server"))
    #expect(outcome.output.contains("OpenBLAS"))
  }
}
