import Foundation
import Jobs
import Testing

@testable import Worker

/// What a user got wrong is found by `resolve`, before anything is computed.
struct ExecutorInputTests {
  private func problem(_ change: (inout JobSpecification, URL) throws -> Void) throws -> String {
    let harness = try ExecutorHarness()
    var specification = try harness.specification
    try change(&specification, harness.folder)
    do {
      _ = try harness.run(JobPlan.first(specification))
      return "resolved"
    } catch {
      return TaskFailure(executorError: error).message
    }
  }

  @Test func sourcesArePinnedAndCounted() throws {
    let harness = try ExecutorHarness()
    let bytes = try harness.run(JobPlan.first(harness.specification))
    let resolution = try ResultDocument.decode(Resolution.self, from: bytes)
    #expect(resolution.calibrationRecords == 150)
    #expect(resolution.evaluations[0].items == ["dev": 40, "test": 40])
    #expect(resolution.evaluations[0].texts > 100)
  }

  @Test func anUnknownMetricIsNamed() throws {
    let message = try problem { job, _ in job.evaluations[0].metric = "mrr@10" }
    #expect(message.contains("there is no metric 'mrr@10'") && message.contains("spearman"))
  }

  @Test func anUnknownSplitIsNamed() throws {
    let message = try problem { job, _ in job.evaluations[0].report = "holdout" }
    #expect(message.contains("there is no split 'holdout'; write dev, test"))
  }

  @Test func aModelThatIsNoBertIsNamed() throws {
    let message = try problem { _, folder in
      let place = folder.appending(path: "model/config.json")
      let text = try String(contentsOf: place, encoding: .utf8)
      try text.replacingOccurrences(of: "\"bert\"", with: "\"gpt2\"")
        .write(to: place, atomically: true, encoding: .utf8)
    }
    #expect(message.contains("config.json") && message.contains("gpt2"))
  }

  @Test func missingSourcesAreNamed() throws {
    let message = try problem { job, _ in job.calibration.source += ".gone" }
    #expect(message.contains("text.txt.gone"))
  }

  @Test func emptyTextIsRefused() throws {
    let message = try problem { _, folder in
      try Data("\n\n".utf8).write(to: folder.appending(path: "text.txt"))
    }
    #expect(message.contains("text.txt") && message.contains("holds no text"))
  }

  @Test func aTaskOfAnotherKindIsRefused() throws {
    let harness = try ExecutorHarness()
    let merge = PlannedTask(name: "merge", parameters: .merge(MergeParameters()))
    let failure = #expect(throws: TaskFailure.self) {
      try TrainExecutor().run(harness.context(merge, inputs: [:]))
    }
    #expect(failure?.code == "misfit")
  }
}
