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

  @Test func aBetterErrorThanTheTruthIsFound() throws {
    var document = try document()
    document.maximumError *= 0.99
    #expect(problems(of: document).contains { $0.contains("largest error") })
    document = try self.document()
    document.meanSquaredError *= 0.97
    #expect(problems(of: document).contains { $0.contains("mean squared") })
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
