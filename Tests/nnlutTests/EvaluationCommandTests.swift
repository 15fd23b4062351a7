import Foundation
import TestSupport
import Testing

/// `nnlut evaluate` and `nnlut artifact check` with the artifact of a job that has run.
@Suite(.timeLimit(.minutes(10)))
struct EvaluationCommandTests {
  struct Report: Decodable {
    var exact: [String: [String: Double]]
    var tables: Tables?

    struct Tables: Decodable {
      var metrics: [String: [String: Double]]
      var differences: [String: [String: Difference]]
    }
    struct Difference: Decodable {
      var difference: Double
      var items: Int
    }
  }

  struct Drift: Decodable {
    var records: Int
    var sites: [Site]

    struct Site: Decodable {
      var name: String
      var count: Int
      var above: Int
      var below: Int
    }
  }

  struct JobReport: Decodable {
    var rows: [Row]
    var decision: Decision

    struct Decision: Decodable { var variant: Int }
    struct Row: Decodable {
      var variant: Int?
      var scores: [Score]
    }
    struct Score: Decodable { var metrics: [String: [String: Number]] }
    /// Canonical JSON writes what is no integer as text.
    struct Number: Decodable {
      var value: Double

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try? container.decode(String.self)
        value = try text.flatMap(Double.init) ?? container.decode(Double.self)
      }
    }
  }

  @Test func anArtifactIsJudgedAsItsJobJudgedIt() async throws {
    let fixture = try await LocalStackFixture()
    let program = fixture.program
    let run = try await program.run(
      "run", fixture.jobFile.path, "--out", fixture.folder.appending(path: "out").path)
    #expect(run.status == 0, "\(run.errors)")
    let artifact = fixture.folder.appending(path: "out/tiny")
    let evidence = try JSONDecoder().decode(
      JobReport.self,
      from: Data(contentsOf: artifact.appending(path: "evidence/report.json")))
    let chosen = try #require(evidence.rows.first { $0.variant == evidence.decision.variant })
    let model = try await RandomBERT.directory().path
    let data = fixture.folder.appending(path: "data").path

    let outcome = try await program.run(
      "evaluate", "--model", model, "--kind", "retrieval", "--data", data, "--tables",
      artifact.path, "--output", "json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try outcome.json(Report.self)
    #expect(
      report.exact["test"]?["mrr@10"]
        == evidence.rows[0].scores[0].metrics["test"]?["mrr@10"]?.value)
    #expect(report.tables?.metrics["test"] == chosen.scores[0].metrics["test"]?.mapValues(\.value))
    #expect(report.tables?.differences["dev"]?["mrr@10"]?.items == 40)

    try await checkDrift(program, fixture, artifact: artifact, model: model)
    try await fixture.remove()
  }

  private func checkDrift(
    _ program: Program, _ fixture: LocalStackFixture, artifact: URL, model: String
  ) async throws {
    func check(_ file: String, _ more: String...) async throws -> (Int32, Drift?) {
      let outcome = try await program.run(
        ["artifact", "check", artifact.path, "--model", model, "--data"]
          + [fixture.folder.appending(path: file).path, "--output", "json"] + more)
      return (outcome.status, try? outcome.json(Drift.self))
    }
    let (status, same) = try await check("data/calibration.txt", "--samples", "160")
    #expect(status == 0)
    #expect(same?.records == 160)
    let sums = "encoder.layer.0.attention.softmax.reciprocal"
    #expect(same?.sites.first { $0.name == sums }?.above == 0)

    // Shorter texts than calibration had: some function receives what it never saw.
    try Data("a\nb\n".utf8).write(to: fixture.folder.appending(path: "short.txt"))
    let (failed, other) = try await check("short.txt", "--fail-above", "0")
    #expect(failed == 1)
    #expect(other?.sites.contains { $0.below + $0.above > 0 } == true)
  }

  @Test func mistakesNameTheFlagOrTheFile() async throws {
    let folder = try TemporaryDirectory.make()
    let program = Program(environment: ["NNLUT_STATE_DIR": folder.appending(path: "s").path])
    let model = try await RandomBERT.directory().path
    for (arguments, status, expected) in [
      (["--kind", "summary"], 2, "retrieval, similarity"),
      (["--kind", "similarity", "--precision", "int8"], 2, "--calibration"),
      (["--kind", "similarity", "--column", "score=a"], 2, "--column"),
      (["--kind", "question-answering"], 1, "the folder is empty"),
      (["--kind", "similarity", "--resamples", "0"], 2, "--resamples"),
    ] as [([String], Int32, String)] {
      let outcome = try await program.run(
        ["evaluate", "--model", model, "--data", folder.path] + arguments)
      #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(expected), "\(arguments): \(outcome.errors)")
    }
    try Data("a,b,1\n".utf8).write(to: folder.appending(path: "dev.csv"))
    let regression = try await program.run(
      "evaluate", "--model", model, "--kind", "regression", "--data", folder.path)
    #expect(regression.status == 1)
    #expect(regression.errors.contains("regression needs a model with a regression head"))
    try FileManager.default.removeItem(at: folder)
  }
}
