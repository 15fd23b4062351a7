import Foundation
import Jobs
import Testing

@Suite struct JobSchedulingTests {
  private static let file = """
    apiVersion: nnlut/v1
    kind: CalibrationJob
    metadata: {name: sample}
    model: {source: "file:/model"}
    calibration: {data: {source: "file:/text"}}
    evaluation: [{kind: similarity, data: {source: "file:/sts"}, metric: spearman}]
    variants: [{approximator: nn-lut, entries: 16, format: fp32}]

    """

  @Test func isReadAndWrittenAgain() throws {
    let job = try JobSpecification(
      yaml: Self.file + """
        scheduling:
          priority: 7
          weight: 2.5
          requires:
            evaluate: {labels: [zone=a, fast], memory: 8GiB}
            hardware: {labels: tool=yosys}
        """, file: "job.yaml")
    #expect(job.scheduling.priority == 7)
    #expect(job.scheduling.weight == 2.5)
    #expect(
      job.scheduling.requirements == [
        .evaluate: TaskRequirement(labels: ["fast", "zone=a"], memoryMiB: 8192),
        .hardware: TaskRequirement(labels: ["tool=yosys"]),
      ])
    let again = try JobSpecification(
      yaml: String(decoding: try job.encoded(), as: UTF8.self), file: "again")
    #expect(again == job)
    #expect(try JSONDecoder().decode(JobSpecification.self, from: job.encoded()) == job)
  }

  @Test func isInNoPlanAndNoPublication() throws {
    let plain = try JobSpecification(yaml: Self.file, file: "job.yaml")
    var urgent = plain
    urgent.scheduling = JobScheduling(
      priority: 9, weight: 3, requirements: [.train: TaskRequirement(labels: ["fast"])])
    #expect(urgent != plain)
    #expect(urgent.unscheduled == plain)
    #expect(!String(decoding: try plain.encoded(), as: UTF8.self).contains("scheduling"))
  }

  @Test(arguments: [
    ("scheduling: {priority: 101}", "scheduling.priority"),
    ("scheduling: {weight: 0}", "scheduling.weight"),
    ("scheduling: {requires: {evalute: {}}}", "did you mean evaluate"),
    ("scheduling: {requires: {train: {labels: [kernels=Haswell]}}}", "is told in its own way"),
    ("scheduling: {requires: {train: {labels: ['a b']}}}", "is no label"),
    ("scheduling: {requires: {train: {memory: 8}}}", "is no size"),
  ]) func mistakesAreNamed(_ line: String, _ words: String) throws {
    let error = try #require(throws: JobFileError.self) {
      try JobSpecification(yaml: Self.file + line, file: "job.yaml")
    }
    #expect("\(error)".contains(words))
  }
}
