import Foundation
import Jobs
import Models
import Testing

struct EvaluationKindsTests {
  private func job(line: Int, _ text: String) throws -> JobSpecification {
    try JobSpecification(yaml: JobFileText.replacing(line: line, with: text), file: "job.yaml")
  }

  @Test(arguments: [
    "retrieval", "similarity", "classification", "regression", "token-classification",
    "question-answering", "masked-language-modelling",
  ])
  func everyKindIsReadAndWritten(kind: String) throws {
    let job = try job(line: 7, "  - {kind: \(kind), data: {source: \"file:d\"}, metric: m}")
    #expect(job.evaluations[0].kind.rawValue == kind)
    let text = String(decoding: try job.encoded(), as: UTF8.self)
    #expect(try JobSpecification(yaml: text, file: "job.json") == job)
  }

  @Test func columnsAndLabelsAreReadAndWritten() throws {
    let job = try job(
      line: 7,
      "  - {kind: classification, data: {source: \"file:d\"}, metric: accuracy, "
        + "columns: {text: review, label: stars}, labels: [bad, good]}")
    #expect(
      job.evaluations[0].layout
        == EvaluationLayout(
          columns: ["text": "review", "label": "stars"], labels: ["bad", "good"]))
    let text = String(decoding: try job.encoded(), as: UTF8.self)
    #expect(try JobSpecification(yaml: text, file: "job.json") == job)
  }

  @Test func anUnknownColumnNamesItsKey() {
    #expect {
      try job(
        line: 7,
        "  - {kind: classification, data: {source: \"file:d\"}, metric: f1, columns: {txt: a}}")
    } throws: { error in
      "\(error)".contains("evaluation[0].columns.txt: unknown key; did you mean text?")
    }
  }

  @Test func theModelsPrecisionIsReadAndLeftOutWhereItIsUsual() throws {
    let plain = try job(line: 4, "model: {source: \"file:m\"}")
    #expect(plain.precision == .fp32)
    #expect(!String(decoding: try plain.encoded(), as: UTF8.self).contains("precision"))
    let int8 = try job(line: 4, "model: {source: \"file:m\", precision: int8}")
    #expect(int8.precision == .int8)
    let text = String(decoding: try int8.encoded(), as: UTF8.self)
    #expect(try JobSpecification(yaml: text, file: "job.json") == int8)
  }

  @Test func anInt8ModelRecordsItsLayersAndWaitsForTheirRanges() throws {
    var specification = try job(line: 4, "model: {source: \"file:m\", precision: int8}")
    specification.publish = nil
    let tasks = try SampleJob(specification, layers: 1, texts: 10, records: 10).tasks
    var seen: Set<String> = ["resolve"]
    for task in tasks {
      #expect(seen.isSuperset(of: task.inputs.values), "\(task.name)")
      seen.insert(task.name)
      switch task.parameters {
      case .collect(let parameters): #expect(parameters.recordsLinearInputs == true)
      case .evaluate(let parameters):
        #expect(parameters.precision == .int8)
        #expect(task.inputs["histograms"] == "merge", "\(task.name)")
      default: break
      }
    }
    specification.precision = .fp32
    let plain = try SampleJob(specification, layers: 1, texts: 10, records: 10).tasks
    for task in plain {
      guard case .evaluate(let parameters) = task.parameters else { continue }
      #expect(parameters.precision == nil && task.inputs["histograms"] == nil)
    }
  }

  @Test func lessPerplexityIsAGain() throws {
    let job = try job(
      line: 7,
      "  - {kind: masked-language-modelling, data: {source: \"file:d\"}, metric: perplexity}")
    #expect(job.evaluations[0].drop(from: 8, to: 10) == 0.25)
    #expect(job.evaluations[0].drop(from: 8, to: 4) == -0.5)
    var accuracy = job.evaluations[0]
    accuracy.metric = "accuracy"
    #expect(accuracy.drop(from: 0.75, to: 0.5) == 0.25)
  }
}
