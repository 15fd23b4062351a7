import ActivationStatistics
import Foundation
import Jobs

/// Adds the shards' histograms, site by site.
struct MergeExecutor: TaskExecutor {
  func run(_ context: ExecutorContext) throws -> Data {
    guard case .merge = context.task.parameters else {
      throw TaskFailure.misfit(context.task, "these are no parameters of merge")
    }
    var sums: [String: ActivationHistogram] = [:]
    let shards = context.inputNames
    for (index, name) in shards.enumerated() {
      try context.progress(Double(index) / Double(shards.count))
      let shard = try ResultDocument.decode(HistogramSet.self, from: context.input(name))
      for (site, bytes) in shard.sites {
        let histogram = try ActivationHistogram(decoding: [UInt8](bytes))
        try sums[site, default: ActivationHistogram()].merge(histogram)
      }
    }
    try context.progress(1)
    return try ResultDocument.encode(
      HistogramSet(sites: sums.mapValues { Data($0.encoded()) }))
  }
}
