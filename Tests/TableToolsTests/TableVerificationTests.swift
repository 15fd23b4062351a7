import Approximation
import Foundation
import LookupTables
import Testing

@testable import TableTools

@Suite struct TableVerificationTests {
  private func document(_ change: (inout TableSettings) -> Void = { _ in }) throws
    -> TableDocument
  {
    var settings = TableSettings()
    settings.function = "gelu"
    settings.domain = "-4:4"
    settings.entries = "8"
    change(&settings)
    return try TableDocument(fitting: try settings.request())
  }

  /// Problems beside a certificate that is missing.
  private func problems(of document: TableDocument) -> [String] {
    TableVerification(of: document).problems.filter { !$0.hasPrefix("there is no certificate") }
  }

  @Test(arguments: NumberFormat.allCases)
  func everyFormatHolds(format: NumberFormat) throws {
    for function in ["gelu", "exp"] {
      let document = try document {
        $0.function = function
        $0.domain = function == "gelu" ? "-4:4" : "-8:0"
        $0.format = format.rawValue
      }
      #expect(problems(of: document) == [], "\(function)")
    }
  }

  @Test(arguments: ["exponent", "none", "paper"])
  func scaledTablesHold(scaling: String) throws {
    var document = try document {
      $0.function = "rsqrt"
      $0.domain = scaling == "paper" ? "1:1024" : "0.5:100"
      $0.scaling = scaling
    }
    #expect(problems(of: document) == [])
    let request = document.request
    var weighted = request
    weighted.weights = [
      WeightedInterval(lower: 1, upper: 3, weight: 5),
      WeightedInterval(lower: 7, upper: 7, weight: 1),
    ]
    document = try TableDocument(fitting: weighted)
    #expect(problems(of: document) == [])
  }

  /// float32 arithmetic moves errors a little between inputs: no reason to doubt a table.
  @Test(arguments: ["gelu", "silu", "sigmoid", "tanh", "softplus", "hardswish", "exp"])
  func leastMaximumErrorsHold(function: String) throws {
    for approximator in ["nn-lut", "optimal"] {
      let document = try document {
        $0.function = function
        $0.domain = nil
        $0.objective = "max"
        $0.approximator = approximator
        $0.entries = approximator == "optimal" ? "12" : "8"
        $0.continuity = approximator == "optimal" ? "discontinuous" : "continuous"
      }
      #expect(problems(of: document) == [], "\(approximator)")
    }
  }

  /// The published training range begins below 1, where inputs are scaled.
  @Test func thePublishedRangeHolds() throws {
    let document = try document {
      $0.function = "rsqrt"
      $0.domain = nil
      $0.scaling = "paper"
    }
    #expect(document.request.domain.lowerBound == 0.1)
    #expect(problems(of: document) == [])
  }

  /// An int8 table is measured as the programme behind its bound does: with the floor max(0, y).
  @Test(arguments: ["exp", "sigmoid", "softplus"])
  func exactTablesOfBytesReachTheirBound(function: String) throws {
    let document = try document {
      $0.function = function
      $0.domain = nil
      $0.format = "int8"
    }
    let certificate = try #require(document.certificate)
    #expect(certificate.bound.witness == .exhaustive)
    // The programme sums over fewer cells than the measurement does.
    #expect(certificate.ratio > 1 - 1e-6 && certificate.ratio < 1.001)
    #expect(problems(of: document) == [])
  }

  @Test(arguments: [0.999999, 1.000001])
  func anotherErrorThanTheTruthIsFound(factor: Double) throws {
    var document = try document()
    document.maximumError *= factor
    #expect(problems(of: document).contains { $0.contains("largest error") })
    document = try self.document()
    document.meanSquaredError *= factor
    #expect(problems(of: document).contains { $0.contains("mean squared") })
    document = try self.document()
    document.probes = []
    #expect(problems(of: document).contains { $0.contains("no probes") })
  }

  @Test func aChangedTableIsFound() throws {
    var document = try document()
    let other = try self.document { $0.tails = "line" }
    document.table = other.table
    #expect(problems(of: document).contains { $0.contains("tails") })
    document = try self.document()
    document.table = try self.document { $0.domain = "-3:3" }.table
    #expect(problems(of: document).contains { $0.contains("domain") })
    #expect(problems(of: document).contains { $0.contains("probes") })
  }

  @Test func anotherHistogramIsFound() throws {
    let verification = TableVerification(
      of: try document(), weights: [WeightedInterval(lower: 0, upper: 1, weight: 1)])
    #expect(verification.problems.contains { $0.contains("histogram") })
  }
}
