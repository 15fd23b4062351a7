import ActivationStatistics
import Foundation
import Jobs
import Models
import Transformers

/// One histogram per site and, where wanted, one per linear input.
final class HistogramRecorder: ActivationRecorder {
  let recordsLinearInputs: Bool
  private let model: ModelDescription
  private var sites: [ActivationHistogram]
  private var linearInputs: [ActivationHistogram]
  private var finiteSites: FiniteSites

  init(_ model: ModelDescription, recordsLinearInputs: Bool) {
    self.model = model
    self.recordsLinearInputs = recordsLinearInputs
    finiteSites = FiniteSites(model)
    sites = Array(repeating: ActivationHistogram(), count: model.sites.count)
    linearInputs = Array(
      repeating: ActivationHistogram(), count: recordsLinearInputs ? model.linearInputs.count : 0)
  }

  func record(site: Int, _ values: UnsafeBufferPointer<Float>) {
    guard sites.indices.contains(site) else { return }
    sites[site].record(values)
    finiteSites.see(site: site, isAnswer: false, values)
  }

  func record(answersOf site: Int, _ values: UnsafeBufferPointer<Float>) {
    finiteSites.see(site: site, isAnswer: true, values)
  }

  /// - Throws: `TaskFailure` that names the first site which received or answered NaN or an infinity:
  ///   no table can be fitted to that.
  func checkFinite() throws {
    if let fault = finiteSites.fault { throw TaskFailure.notFinite(fault) }
  }

  func record(linearInput index: Int, _ values: UnsafeBufferPointer<Float>) {
    guard linearInputs.indices.contains(index) else { return }
    linearInputs[index].record(values)
  }

  /// By the name of site or linear input, in their wire form.
  var histograms: HistogramSet {
    var set: [String: Data] = [:]
    for (site, histogram) in zip(model.sites, sites) { set[site.name] = Data(histogram.encoded()) }
    for (name, histogram) in zip(model.linearInputs, linearInputs) {
      set[name] = Data(histogram.encoded())
    }
    return HistogramSet(sites: set)
  }
}

extension HistogramSet {
  /// The percentile, two-sided, of what a linear layer reads that its int8 range covers; the rest
  /// saturates.
  static let linearInputPercentile = 99.99

  /// The range of every input that has one. Sites are among them, and no linear layer asks for
  /// them.
  func linearInputs() throws -> [String: ClosedRange<Float>] {
    try sites.compactMapValues {
      try ActivationHistogram(decoding: [UInt8]($0)).range(percentile: Self.linearInputPercentile)
    }
  }
}
