import Foundation
import TestSupport
import Testing

/// Mistakes that need no running stack: each gives one line with the place and the remedy, the
/// right exit code, and no crash.
@Suite struct MistakeTests {
  private let program: Program
  private let folder: URL

  init() throws {
    folder = try TemporaryDirectory.make()
    program = Program(environment: ["NNLUT_STATE_DIR": folder.appending(path: "state").path])
  }

  private func expectOneLine(
    _ outcome: Program.Outcome, status: Int32, mentions: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status == status, sourceLocation: sourceLocation)
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    for mention in mentions {
      #expect(
        outcome.errors.contains(mention), "\(outcome.errors)", sourceLocation: sourceLocation)
    }
    #expect(!outcome.errors.contains("Error Domain"), sourceLocation: sourceLocation)
  }

  @Test func aFolderIsNoJobFile() async throws {
    let outcome = try await program.run("plan", folder.path)
    expectOneLine(outcome, status: 2, mentions: folder.path, "folder")
  }

  /// A full disk on standard output fails; it does not crash.
  @Test(arguments: [["doctor"], ["--version"], ["completion", "bash"]])
  func standardOutputThatTakesNothing(arguments: [String]) async throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", "exec \"$0\" \"$@\" > /dev/full", Program.binary.path] + arguments
    let errors = Pipe()
    shell.standardError = errors
    try shell.run()
    let text = try errors.fileHandleForReading.readToEnd() ?? Data()
    shell.waitUntilExit()
    #expect(shell.terminationReason == .exit)
    #expect(shell.terminationStatus == 1)
    #expect(String(decoding: text, as: UTF8.self).contains("No space left"))
  }

  @Test func aModelFolderWithDamagedWeightsIsFoundByPlan() async throws {
    let model = folder.appending(path: "model")
    try FileManager.default.copyItem(at: try await RandomBERT.directory(), to: model)
    let weights = model.appending(path: "model.safetensors")
    let bytes = try Data(contentsOf: weights)
    try bytes.prefix(bytes.count / 2).write(to: weights)
    let job = folder.appending(path: "job.yaml")
    try Data(
      """
      apiVersion: nnlut/v1
      kind: CalibrationJob
      metadata: {name: a}
      model: {source: "file:model"}
      calibration: {data: {source: "file:text.txt"}, samples: 1}
      evaluation:
        - {kind: retrieval, data: {source: "file:data"}, metric: mrr@10, select: dev, report: test}
      variants:
        - {approximator: linear-lut, entries: 16}
      """.utf8
    ).write(to: job)
    let outcome = try await program.run("plan", job.path)
    expectOneLine(outcome, status: 1, mentions: "model.safetensors", "cut short", "fetch it again")
  }

  @Test(arguments: [
    (["coordinator", "--log-level", "loud"], "log.level: 'loud'"),
    (["token", "create", "a", "--role", "king"], "admin, submit, work or read"),
    (["migrate", "--database-url", "garbage"], "--database-url"),
  ])
  func unknownWordsNameThePlace(arguments: [String], mention: String) async throws {
    expectOneLine(try await program.run(arguments), status: 2, mentions: mention)
  }

  @Test func anEmptyIdempotencyKeyIsRefused() async throws {
    let outcome = try await program.run("submit", "job.yaml", "--idempotency-key", "")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("--idempotency-key"))
  }

  @Test func anEmptyNameIsRefused() async throws {
    var there = program
    there.environment["NNLUT_TOKEN"] = "x"
    for arguments in [["status", ""], ["artifact", "list", ""], ["cancel", ""]] {
      let outcome = try await there.run(arguments + ["--endpoint", "http://127.0.0.1:9"])
      expectOneLine(outcome, status: 2, mentions: "empty name")
    }
  }

  @Test func aConfigurationFileThatIsNoMapping() async throws {
    let file = folder.appending(path: "nnlut.yaml")
    try Data("port 8080\n".utf8).write(to: file)
    let outcome = try await program.run("coordinator", "--config", file.path)
    expectOneLine(outcome, status: 2, mentions: "nnlut.yaml", "coordinator:")
  }

  @Test func verifyOfAFolderThatIsNotThere() async throws {
    let outcome = try await program.run("artifact", "verify", "/no/such/folder")
    expectOneLine(outcome, status: 3, mentions: "/no/such/folder")
  }

  @Test func whatAKilledSupervisorLeftBehindIsNoStack() async throws {
    let state = folder.appending(path: "state")
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    try Data(#"{"endpoint":"http://127.0.0.1:9","token":"x"}"#.utf8).write(
      to: state.appending(path: "endpoint.json"))
    let outcome = try await program.run("jobs")
    expectOneLine(outcome, status: 4, mentions: "nnlut up")
  }

  @Test func namedPostgreSQLBinariesThatAreNotThere() async throws {
    var there = program
    there.environment["NNLUT_POSTGRES_BIN"] = "/no/such/bin"
    let up = try await there.run("up")
    expectOneLine(up, status: 1, mentions: "NNLUT_POSTGRES_BIN", "/no/such/bin")
    let doctor = try await there.run("doctor")
    #expect(doctor.status == 1)
    #expect(doctor.output.contains("/no/such/bin"))
  }
}
