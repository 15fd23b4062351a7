import LookupTables
import Testing

@testable import Approximation

/// A negative result becomes 0, and lines that dip below 0 make use of it. The values are those of
/// programs that share no code with this one: a dynamic programme and a bisection over tubes in Python
/// with scipy, which carry the width of their cells (about 0.01 % of exp's).
@Suite struct FloorTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var function: NonlinearFunction
    var domain: ClosedRange<Double>
    var entries: Int
    var value: Double

    var testDescription: String {
      "\(function) \(domain.lowerBound)...\(domain.upperBound) \(entries)"
    }
  }

  private static func rows(
    _ function: NonlinearFunction, _ domain: ClosedRange<Double>, _ values: [Double]
  ) -> [Row] {
    zip([4, 6, 8, 16], values).map {
      Row(function: function, domain: domain, entries: $0, value: $1)
    }
  }

  static let squares =
    rows(.exp, -17...0, [1.926e-5, 4.432e-6, 1.518e-6, 1.072e-7])
    + rows(.exp, -8...0, [4.092e-5, 9.410e-6, 3.218e-6, 2.208e-7])
    + rows(.softplus, -8...8, [3.18e-4, 7.03e-5, 2.36e-5, 1.61e-6])
    + rows(.sigmoid, -8...8, [5.65e-5, 1.48e-5, 5.46e-6, 4.36e-7])

  static let maxima =
    rows(.exp, -17...0, [0.013352, 0.006244, 0.003605, 9.377e-4])
    + rows(.exp, -8...0, [0.013352, 0.006244, 0.003605, 9.377e-4])

  private static func request(
    _ row: Row, _ approximator: Approximator, _ continuity: Continuity, _ objective: Objective
  ) -> FitRequest {
    FitRequest(
      function: row.function, approximator: approximator, entries: row.entries, format: .fp32,
      domain: row.domain, objective: objective, continuity: continuity)
  }

  private static let ways: [(Approximator, Continuity)] = [
    (.optimal, .discontinuous), (.optimal, .continuous), (.nnLUT(.refined), .continuous),
  ]

  @Test(arguments: squares)
  func leastSquaresReachWhatDippingLinesCan(row: Row) throws {
    let limit = row.function == .exp ? 1.01 : 1.02
    for (approximator, continuity) in Self.ways {
      let fitted = try Self.request(row, approximator, continuity, .meanSquare).fit { _ in }
      let certificate = try #require(fitted.certificate)
      #expect(certificate.floor == .zero)
      #expect(certificate.meanSquaredError <= limit * row.value)
      #expect(certificate.meanSquaredError >= certificate.bound.value)
      #expect(certificate.bound.value >= 0.99 * row.value)
      #expect(certificate.bound.value >= certificate.freeBound.value)
      #expect(fitted.table.dips)
    }
  }

  @Test(arguments: maxima)
  func maximaReachWhatDippingLinesCan(row: Row) throws {
    for (approximator, continuity) in Self.ways {
      let fitted = try Self.request(row, approximator, continuity, .maximum).fit { _ in }
      let certificate = try #require(fitted.certificate)
      #expect(certificate.maximumError <= 1.01 * row.value)
      #expect(certificate.maximumError >= certificate.bound.value)
      #expect(certificate.bound.value >= 0.99 * row.value)
    }
  }

  /// A reciprocal that no anchor holds dips at its right end.
  @Test func rightEndsDipToo() throws {
    var request = FitRequest(
      function: .reciprocal, approximator: .nnLUT(.refined), entries: 2, format: .fp32,
      domain: 1...1024)
    request.constraints.hasAnchors = false
    let fitted = try request.fit { _ in }
    let certificate = try #require(fitted.certificate)
    #expect(fitted.table.dips)
    #expect(certificate.ratio < 1.02)
    let line = fitted.table
    #expect(line(1024) == 0 && line(1) > 0.1)
  }

  @Test(arguments: NumberFormat.allCases)
  func avoidedFloorsAreNeverMet(format: NumberFormat) throws {
    for function in [NonlinearFunction.exp, .softplus, .sigmoid, .reciprocal] {
      let domain = function == .exp ? -17.0...0 : function == .reciprocal ? 1...64 : -8...8
      for objective in [Objective.meanSquare, .maximum] {
        for continuity in Continuity.allCases {
          let request = FitRequest(
            function: function, approximator: .optimal, entries: 5, format: format, domain: domain,
            objective: objective, continuity: continuity,
            constraints: FitConstraints(floor: .avoid))
          let fitted = try request.fit { _ in }
          let place = "\(function) \(objective) \(continuity)"
          #expect(!fitted.table.dips, "\(place)")
          let certificate = try #require(fitted.certificate, "\(place)")
          #expect(certificate.floor == .avoided)
          #expect(try certificate.problems(of: fitted.table, request: request) == [], "\(place)")
        }
      }
    }
  }

  @Test func recipesWithoutConstraintsCannotAvoidTheFloor() {
    for (approximator, tails) in [
      (Approximator.linearLUT, TailPolicy.standard), (.nnLUT(.paper), .standard),
      (.optimal, .line),
    ] {
      let request = FitRequest(
        function: .exp, approximator: approximator, entries: 5, format: .fp32, domain: -8...0,
        constraints: FitConstraints(tails: tails, floor: .avoid))
      #expect(throws: ApproximationError.self) { try request.fit { _ in } }
    }
  }

  /// Relative errors are divided by what the request says at least; the certificate says it too.
  @Test func theRelativeFloorIsTheRequests() throws {
    var request = FitRequest(
      function: .exp, approximator: .optimal, entries: 23, format: .fp32, domain: -17...0,
      objective: .relativeMaximum)
    let usual = try #require(try request.fit { _ in }.certificate)
    #expect(usual.relativeFloor == 0x1p-8)
    request.relativeFloor = 1e-6
    let small = try #require(try request.fit { _ in }.certificate)
    #expect(small.relativeFloor == 1e-6)
    #expect(small.maximumError > 2 * usual.maximumError)
    request.relativeFloor = 0
    #expect(throws: ApproximationError.self) { try request.fit { _ in } }
    request.relativeFloor = 1
    request.objective = .maximum
    #expect(throws: ApproximationError.self) { try request.fit { _ in } }
  }

  /// What a certificate withholds: a bound above the table's own error.
  @Test func anErrorBelowItsBoundIsAContradiction() throws {
    let row = Self.maxima[0]
    var certificate = try #require(
      try Self.request(row, .optimal, .continuous, .maximum).fit { _ in }.certificate)
    #expect(certificate.contradiction == nil)
    certificate.bound.value = certificate.maximumError * (1 + 1e-8)
    #expect(certificate.contradiction != nil)
  }

  /// Histograms of single values, with every objective and continuity.
  @Test(arguments: Objective.allCases)
  func singleValuesAreAMeasureToo(objective: Objective) throws {
    for count in [1, 2, 3, 8, 20, 200] {
      var random = SeededNumbers(seed: UInt64(count))
      let weights = (0..<count).map { _ -> WeightedInterval in
        let x = random.between(-6.3, 3.1)
        return WeightedInterval(lower: x, upper: x, weight: random.between(1, 9).rounded())
      }.sorted { $0.lower < $1.lower }
      for continuity in Continuity.allCases {
        let request = FitRequest(
          function: .gelu, approximator: .optimal, entries: 8, format: .fp32, domain: -6.3...3.1,
          weights: weights, objective: objective, continuity: continuity)
        let fitted = try request.fit { _ in }
        let certificate = try #require(fitted.certificate, "\(count) \(continuity)")
        #expect(certificate.achieved >= certificate.bound.value * (1 - 1e-9))
        #expect(certificate.bound.value > 0, "\(count) \(continuity)")
        #expect(try certificate.problems(of: fitted.table, request: request) == [])
      }
    }
  }

  /// The narrow end of a wide domain is resolved, and flat lines beside steep ones keep their slopes.
  @Test(arguments: [1e-6, 1e-9, 1e-11, 1e-12])
  func wideDomainsAreNearTheirBound(lower: Double) throws {
    for (approximator, continuity) in Self.ways {
      let fitted = try FitRequest(
        function: .rsqrt, approximator: approximator, entries: 16, format: .fp32,
        domain: lower...10, continuity: continuity
      ).fit { _ in }
      #expect(try #require(fitted.certificate).ratio < 1.02, "\(approximator) \(continuity)")
    }
  }

  /// A site that receives one value has a table that answers it as exactly as the format can.
  @Test(arguments: NumberFormat.allCases)
  func oneValueHasItsTable(format: NumberFormat) throws {
    for (function, value) in [
      (NonlinearFunction.gelu, 0.0), (.gelu, 0.375), (.exp, 0), (.exp, -3), (.reciprocal, 128),
      (.sigmoid, 0), (.rsqrt, 4),
    ] {
      let fitted = try FitRequest(
        function: function, approximator: .nnLUT(.refined), entries: 8, format: format,
        domain: value...value, weights: [.init(lower: value, upper: value, weight: 5)]
      ).fit { _ in }
      let miss = (Double(fitted.table(Float(value))) - function(value)).magnitude
      let step: Double =
        switch format {
        case .fp32, .int32: 1e-7
        case .fp16: 0x1p-11
        case .int16: 0x1p-14
        case .int8: 0x1p-6
        }
      #expect(miss <= step * max(function(value), 0.1), "\(function) \(value)")
    }
  }
}
