import Approximation
import Foundation
import LookupTables
import Models
import Testing

@testable import Transformers

/// Keeps everything it is shown, by site.
final class KeepingRecorder: ActivationRecorder {
  var values: [Int: [Float]] = [:]
  var order: [Int] = []

  func record(site: Int, _ values: UnsafeBufferPointer<Float>) {
    self.values[site, default: []] += values
    if order.last != site { order.append(site) }
  }
}

@Suite("The seam of the non-linear functions")
struct SeamTests {
  static let tokens: [[Int32]] = [
    [2, 50, 60, 70, 3], [2, 3], [2, 41, 42, 43, 44, 45, 46, 47, 3],
  ]

  @Test("the recorder receives exactly what each function receives")
  func recording() throws {
    try RandomBert.withDirectory { directory in
      let encoder = try SentenceEncoder(directory: directory)
      let model = encoder.description
      let recorder = KeepingRecorder()
      let recorded = try encoder.hiddenStates(
        tokens: Self.tokens, nonlinearities: .exact(model), recorder: recorder)
      let plain = try encoder.hiddenStates(tokens: Self.tokens, nonlinearities: .exact(model))
      #expect(recorded == plain)

      let lengths = Self.tokens.map(\.count)
      let tokenCount = lengths.reduce(0, +)
      let pairs = lengths.reduce(0) { $0 + $1 * $1 }
      for (index, site) in model.sites.enumerated() {
        let values = try #require(recorder.values[index], "\(site.name)")
        switch site.function {
        case .exp:
          #expect(values.count == model.heads * pairs)
          #expect(values.allSatisfy { $0 <= 0 })
          #expect(values.count { $0 == 0 } >= model.heads * tokenCount, "each row's maximum")
        case .reciprocal:
          #expect(values.count == model.heads * tokenCount)
          #expect(values.allSatisfy { $0 >= 1 && $0 <= 9 })
        case .gelu:
          #expect(values.count == tokenCount * model.intermediateSize)
          #expect(values.contains { $0 < -0.5 } && values.contains { $0 > 0.5 })
        case .rsqrt:
          #expect(values.count == tokenCount)
          #expect(values.allSatisfy { $0 > 0 })
        default: Issue.record("\(site.name): BERT has no \(site.function.rawValue)")
        }
      }
    }
  }

  @Test("one sequence passes the sites in the order of the description")
  func order() throws {
    try RandomBert.withDirectory { directory in
      let encoder = try SentenceEncoder(directory: directory)
      let recorder = KeepingRecorder()
      _ = try encoder.hiddenStates(
        tokens: [Self.tokens[0]], nonlinearities: .exact(encoder.description), recorder: recorder)
      #expect(recorder.order == Array(encoder.description.sites.indices))
    }
  }

  /// A coarse table, so that a site that used the exact function instead would be noticed.
  static func coarseTable(_ function: NonlinearFunction) throws -> LookupTable {
    func table(
      _ breakpoints: [Double], _ slopes: [Double], _ intercepts: [Double],
      _ domain: ClosedRange<Double>, _ left: Tail, _ right: Tail
    ) throws -> LookupTable {
      try LookupTable(
        rounding: PiecewiseLinear(
          breakpoints: breakpoints, slopes: slopes, intercepts: intercepts),
        lowerBound: domain.lowerBound, upperBound: domain.upperBound, left: left, right: right,
        format: .fp32, isNonNegative: function != .gelu && function != .tanh)
    }
    return switch function {
    case .gelu, .tanh: try table([0], [0.05, 0.9], [0, 0], -8...8, .constant(-0.25), .line)
    case .exp: try table([-1], [0.1, 0.7], [0.4, 1], -4...0, .constant(0), .clamp)
    case .reciprocal: try table([4], [-0.2, -0.01], [1.1, 0.34], 1...16, .clamp, .clamp)
    case .rsqrt: try table([1], [-0.5, -0.2], [1.7, 1.4], 0.0625...4, .clamp, .clamp)
    default: try #require(nil as LookupTable?, "BERT has no \(function.rawValue)")
    }
  }

  @Test("tables stand at their sites and nowhere else", arguments: [nil, 0, 1, 2, 3, 4, 5, 9])
  func tables(replaced: Int?) throws {
    try RandomBert.withDirectory { directory in
      let encoder = try SentenceEncoder(directory: directory)
      let model = encoder.description
      var tables: [String: LookupTable] = [:]
      for (index, site) in model.sites.enumerated() where replaced == nil || replaced == index {
        tables[site.name] = try Self.coarseTable(site.function)
      }
      let nonlinearities = try Nonlinearities(model: model, tables: tables)
      let states = try encoder.hiddenStates(tokens: Self.tokens, nonlinearities: nonlinearities)
      let exact = try encoder.hiddenStates(tokens: Self.tokens, nonlinearities: .exact(model))

      let reference = try ReferenceEncoder(directory: directory, model: model) { site, x in
        switch nonlinearities.operators[site] {
        case .table(let table): Double(table(Float(x)))
        case .exact:
          switch model.sites[site].function {
          case .gelu: 0.5 * x * erfc(-x / 2.0.squareRoot())
          case .exp: exp(x)
          case .reciprocal: 1 / x
          case .rsqrt: 1 / x.squareRoot()
          default: Double.nan
          }
        }
      }
      for (state, sequence) in zip(states, Self.tokens) {
        let expected = try reference.hiddenStates(sequence).joined().map { Float($0) }
        #expect(largestDifference(state, expected) < 1e-3)
      }
      #expect(largestDifference(states.joined().map { $0 }, exact.joined().map { $0 }) > 1e-2)
    }
  }

  @Test("an unknown site and another model's non-linearities are refused")
  func wrongSites() throws {
    try RandomBert.withDirectory { directory in
      let encoder = try SentenceEncoder(directory: directory)
      let table = try Self.coarseTable(.gelu)
      #expect(
        throws: TransformersError.unknownSite(
          "encoder.layer.2.intermediate.gelu", example: "embeddings.LayerNorm.rsqrt")
      ) {
        try Nonlinearities(
          model: encoder.description, tables: ["encoder.layer.2.intermediate.gelu": table])
      }
      let other = try ModelDescription(
        configuration: Data(
          contentsOf: directory.appending(path: "config.json")
        ).replacing(
          Data("\"num_hidden_layers\": 2".utf8), with: Data("\"num_hidden_layers\": 3".utf8)))
      #expect(throws: TransformersError.siteCount(found: 16, expected: 11)) {
        try encoder.hiddenStates(tokens: Self.tokens, nonlinearities: .exact(other))
      }
    }
  }
}
