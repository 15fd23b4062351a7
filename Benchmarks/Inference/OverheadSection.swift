import ActivationStatistics
import Approximation
import Foundation
import LookupTables
import Models
import Synchronization
import Transformers

/// What recording statistics and table variants cost beside the exact forward pass, and what a
/// second slot brings.
struct OverheadSection {
  let texts: [String]
  let model: TextModel
  let rounds: Int

  func lines() throws -> [String] {
    let tokens = texts.map { model.tokenizer.encode($0, maximumLength: model.maximumLength) }
    let tables = try self.tables()
    func exact() throws -> Double { try model.run(tokens).seconds }
    let collect = try takingTurns(rounds, exact) {
      try model.run(tokens, recorder: Histograms(sites: model.description.sites.count)).seconds
    }
    let replaced = try takingTurns(rounds, exact) { try model.run(tokens, tables).seconds }
    let slots = try takingTurns(rounds, { try wall(1, tokens) }, { try wall(2, tokens) })
    return [
      "| cost | ratio |", "|---|---|",
      "| collecting statistics, to the exact forward pass | "
        + "\(fixed(collect.second / collect.first)) |",
      "| tables of 16 entries at every site (fp32), to the exact forward pass | "
        + "\(fixed(replaced.second / replaced.first)) |",
      "| two slots on two cores, to one (texts per second) | "
        + "\(fixed(2 * slots.first / slots.second)) |",
    ]
  }

  private func tables() throws -> Nonlinearities {
    var tables: [NonlinearFunction: LookupTable] = [:]
    let sites = model.description.sites
    for site in sites where tables[site.function] == nil {
      var request = FitRequest(
        function: site.function, approximator: .nnLUT(.refined), entries: 16, format: .fp32,
        domain: site.function.paperDomain, seed: 1)
      request.wantsCertificate = false
      tables[site.function] = try request.fit(progress: { _ in }).table
    }
    return try Nonlinearities(
      model: model.description,
      tables: Dictionary(sites.compactMap { site in tables[site.function].map { (site.name, $0) } })
      { first, _ in first })
  }

  /// Wall seconds in which so many threads each do all of the work.
  private func wall(_ threads: Int, _ tokens: [[Int32]]) throws -> Double {
    let failure = Mutex<(any Error)?>(nil)
    let group = DispatchGroup()
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<threads {
      group.enter()
      Thread {
        do { _ = try model.run(tokens) } catch { failure.withLock { $0 = error } }
        group.leave()
      }.start()
    }
    group.wait()
    if let error = failure.withLock({ $0 }) { throw error }
    return (clock.now - start) / .seconds(1)
  }
}

/// One histogram per site, as a worker's `collect` keeps them.
private final class Histograms: ActivationRecorder {
  private var histograms: [ActivationHistogram]

  init(sites: Int) { histograms = Array(repeating: ActivationHistogram(), count: sites) }

  func record(site: Int, _ values: UnsafeBufferPointer<Float>) { histograms[site].record(values) }
}
