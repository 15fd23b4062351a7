import Evaluation
import Foundation
import Jobs
import Transformers

/// Runs the exact model over one shard of the drawn calibration text: one histogram per site.
struct CollectExecutor: TaskExecutor {
  func run(_ context: ExecutorContext) throws -> Data {
    guard case .collect(let parameters) = context.task.parameters else {
      throw TaskFailure.misfit(context.task, "these are no parameters of collect")
    }
    try context.checkKernels(parameters.kernels)
    let file = try context.materialize(parameters.calibration, wanting: .file)
    let texts = try reading("calibration text") {
      let records = try TextRecords(contentsOf: file)
      let drawn = TextRecords.draw(
        samples: parameters.samples, of: records.count, seed: parameters.seed)
      guard drawn.indices.contains(parameters.range.lowerBound),
        parameters.range.upperBound <= drawn.count
      else {
        throw TaskFailure.misfit(context.task, "\(drawn.count) records have no \(parameters.range)")
      }
      return drawn[parameters.range].map { records[$0] }
    }
    let model = try context.models.model(parameters.model) {
      try context.materialize(parameters.model, wanting: .model)
    }
    let recorder = HistogramRecorder(
      model.description, recordsLinearInputs: parameters.recordsLinearInputs ?? false)
    try model.record(
      texts, nonlinearities: .exact(model.description), recorder: recorder,
      progress: context.progress)
    try recorder.checkFinite()
    return try ResultDocument.encode(recorder.histograms)
  }
}
