import ActivationStatistics
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
    let sites = model.description.sites
    let recorder = HistogramRecorder(sites: sites.count)
    try model.record(
      texts, nonlinearities: .exact(model.description), recorder: recorder,
      progress: context.progress)
    var histograms: [String: Data] = [:]
    for (site, histogram) in zip(sites, recorder.histograms) {
      histograms[site.name] = Data(histogram.encoded())
    }
    return try ResultDocument.encode(HistogramSet(sites: histograms))
  }
}

/// One histogram per site.
private final class HistogramRecorder: ActivationRecorder {
  private(set) var histograms: [ActivationHistogram]

  init(sites: Int) { histograms = Array(repeating: ActivationHistogram(), count: sites) }

  func record(site: Int, _ values: UnsafeBufferPointer<Float>) {
    guard histograms.indices.contains(site) else { return }
    histograms[site].record(values)
  }
}
