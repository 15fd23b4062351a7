import Foundation
import LookupTables
import Testing

@testable import Approximation

@Suite struct CertificateTests {
  static let approximators: [Approximator] = [.nnLUT(.refined), .linearLUT, .optimal]

  private func request(
    _ function: NonlinearFunction, _ approximator: Approximator, _ objective: Objective,
    entries: Int = 8, format: NumberFormat = .fp32, domain: ClosedRange<Double>? = nil,
    weights: [WeightedInterval]? = nil
  ) -> FitRequest {
    FitRequest(
      function: function, approximator: approximator, entries: entries, format: format,
      domain: domain ?? function.paperDomain, weights: weights, objective: objective)
  }

  @Test(arguments: Objective.allCases)
  func everyCertificateHolds(objective: Objective) throws {
    for function in [NonlinearFunction.gelu, .exp, .rsqrt, .tanh, .hardswish] {
      for approximator in Self.approximators {
        for format in [NumberFormat.fp32, .int8] {
          let asked = request(function, approximator, objective, format: format)
          let fitted = try asked.fit { _ in }
          let certificate = try #require(fitted.certificate)
          let problems = try certificate.problems(of: fitted.table, request: asked)
          #expect(problems == [], "\(function) \(approximator) \(format)")
          #expect(certificate.ratio > 1 - 1e-6, "\(function) \(approximator) \(format)")
          #expect(certificate.freeBound.value <= certificate.bound.value * 1.01)
          // At hardswish's kinks tables that need not meet, which the bound covers, are better off.
          if approximator != .linearLUT, format == .fp32, function != .hardswish {
            let permitted = objective.isMaximum ? 1.05 : 1.02
            #expect(certificate.ratio < permitted, "\(function) \(approximator)")
          }
        }
      }
    }
  }

  @Test func travelsAsJSON() throws {
    for objective in [Objective.meanSquare, .maximum] {
      let asked = request(.gelu, .nnLUT(.refined), objective)
      let fitted = try asked.fit { _ in }
      let certificate = try #require(fitted.certificate)
      let data = try JSONEncoder().encode(certificate)
      let read = try JSONDecoder().decode(Certificate.self, from: data)
      #expect(read == certificate)
      #expect(try read.problems(of: fitted.table, request: asked) == [])
    }
    let exhaustive = BoundWitness.exhaustive
    let data = try JSONEncoder().encode([exhaustive, .tube([-1, 0.1, 3])])
    #expect(
      try JSONDecoder().decode([BoundWitness].self, from: data) == [
        exhaustive, .tube([-1, 0.1, 3]),
      ])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(
        BoundWitness.self, from: Data(#"{"kind":"tube","positions":["x"]}"#.utf8))
    }
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(
        BoundWitness.self, from: Data(#"{"kind":"alternations","triples":[["0","nan","1"]]}"#.utf8))
    }
  }

  @Test(arguments: [Objective.meanSquare, .maximum])
  func falseClaimsAreFound(objective: Objective) throws {
    let asked = request(.exp, .nnLUT(.refined), objective, domain: -8...0)
    let fitted = try asked.fit { _ in }
    let certificate = try #require(fitted.certificate)
    func expectProblem(_ part: String, _ change: (inout Certificate) -> Void) throws {
      var claim = certificate
      change(&claim)
      let problems = try claim.problems(of: fitted.table, request: asked)
      #expect(problems.contains { $0.contains(part) }, "\(part): \(problems)")
    }
    try expectProblem("the bound: its witness proves") { $0.bound.value *= 1.001 }
    try expectProblem("the free bound: its witness") { $0.freeBound.value *= 1.2 }
    try expectProblem("largest error") { $0.maximumError *= 0.99 }
    try expectProblem("mean squared error") { $0.meanSquaredError *= 0.99 }
    try expectProblem("entries") { $0.entries = 7 }
    try expectProblem("constraints") { $0.anchors = [] }
    try expectProblem("no exact programme") { $0.bound.witness = .exhaustive }
    try expectProblem("is no error") { $0.bound.value = -1 }
    let other = try request(.exp, .linearLUT, objective, domain: -8...0).fit { _ in }
    #expect(try !certificate.problems(of: other.table, request: asked).isEmpty)
  }

  @Test func weightedCertificatesHold() throws {
    let weights = [
      WeightedInterval(lower: -3, upper: -1, weight: 5), .init(lower: -1, upper: 0.5, weight: 30),
      .init(lower: 0.5, upper: 0.5, weight: 2), .init(lower: 2, upper: 3, weight: 1),
    ]
    for objective in Objective.allCases {
      let asked = request(.gelu, .optimal, objective, domain: -3...3, weights: weights)
      let fitted = try asked.fit { _ in }
      let certificate = try #require(fitted.certificate)
      #expect(certificate.isWeighted)
      #expect(try certificate.problems(of: fitted.table, request: asked) == [])
      // Where no input is, lines that need not meet jump for free, and the bound is theirs.
      let permitted = objective.isMaximum ? 1.02 : 1.5
      #expect(certificate.ratio > 1 - 1e-6 && certificate.ratio < permitted, "\(objective)")
    }
  }

  @Test func degenerateDomainsClaimNothing() throws {
    let asked = request(.exp, .optimal, .maximum, domain: -1...(-1))
    let fitted = try asked.fit { _ in }
    let certificate = try #require(fitted.certificate)
    #expect(certificate.bound.value == 0)
    #expect(certificate.ratio == (certificate.achieved == 0 ? 1 : .infinity))
    #expect(try certificate.problems(of: fitted.table, request: asked) == [])
  }

  @Test func noneIsMadeWhenNotWanted() throws {
    var asked = request(.gelu, .nnLUT(.refined), .meanSquare)
    asked.wantsCertificate = false
    #expect(try asked.fit { _ in }.certificate == nil)
  }
}
