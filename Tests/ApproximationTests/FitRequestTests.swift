import Approximation
import LookupTables
import Testing

@Suite struct FitRequestTests {
  private static let approximators: [Approximator] = [
    .nnLUT(.refined), .nnLUT(.paper), .linearLUT,
  ]

  private func request(
    _ function: NonlinearFunction, _ approximator: Approximator = .nnLUT(.refined),
    entries: Int = 8, format: NumberFormat = .fp32, scaling: InputScaling = .none,
    domain: ClosedRange<Double>? = nil
  ) -> FitRequest {
    FitRequest(
      function: function, approximator: approximator, entries: entries, format: format,
      scaling: scaling, domain: domain ?? function.paperDomain, seed: 1, wantsCertificate: false)
  }

  @Test func equalRequestsGiveEqualTables() throws {
    for approximator in Self.approximators {
      for function in NonlinearFunction.allCases {
        let first = try request(function, approximator).fit { _ in }
        let second = try request(function, approximator).fit { _ in }
        #expect(first.table == second.table)
        #expect(first.maximumError == second.maximumError)
        #expect(first.meanSquaredError == second.meanSquaredError)
        #expect(first.notes == second.notes)
      }
    }
  }

  /// The tables of another machine must be these, bit for bit.
  @Test func bitsArePinned() throws {
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    for approximator in Self.approximators {
      for function in NonlinearFunction.allCases {
        let table = try request(function, approximator).fit { _ in }.table
        guard case .fp32(let numbers) = table.arithmetic else { continue }
        for number in numbers.breakpoints + numbers.slopes + numbers.intercepts {
          digest = (digest ^ UInt64(number.bitPattern)) &* 0x100_0000_01B3
        }
      }
    }
    #expect(digest == 11_008_411_882_150_686_155)
  }

  @Test(arguments: [2, 3, 5, 64, 256])
  func everySizeFits(entries: Int) throws {
    let functions = entries < 64 ? NonlinearFunction.allCases : [.gelu, .exp, .hardswish]
    for function in functions {
      // The fit before rounding is the same for all formats.
      for format in entries > 5 ? [NumberFormat.fp32] : NumberFormat.allCases {
        // The exact search of int8 takes a second where 1/√x is steep.
        if format == .int8, function == .rsqrt, entries > 2 { continue }
        for approximator in [Approximator.nnLUT(.refined), .linearLUT] {
          let fitted = try request(function, approximator, entries: entries, format: format)
            .fit { _ in }
          #expect(fitted.table.entries == entries)
          #expect(fitted.maximumError.isFinite)
        }
      }
    }
  }

  @Test func moreEntriesFitBetter() throws {
    for function in NonlinearFunction.allCases {
      var last = Double.infinity
      for entries in 2...12 {
        let error = try request(function, entries: entries).fit { _ in }.meanSquaredError
        #expect(error < last, "\(function), \(entries) entries")
        last = error
      }
    }
  }

  @Test(arguments: [0.7, 3.0, 1e-3, 500])
  func constantSitesGetATable(value: Double) throws {
    for function in NonlinearFunction.allCases {
      let x = function == .exp ? -value : value
      for upper in [x, x + 1e-9 * value, x + 1e-6 * value, x + 1e-3 * value] {
        for format in NumberFormat.allCases {
          // Slopes like that of 1/x at 0.001 are beyond fp16.
          let isSteep = function.firstDerivative(x).magnitude > 60_000
          if format == .fp16, isSteep, upper > x + 1e-5 * value { continue }
          for approximator in [Approximator.nnLUT(.refined), .linearLUT] {
            let fitted = try request(
              function, approximator, entries: 4, format: format, domain: x...upper
            ).fit { _ in }
            #expect(fitted.table.entries == 4)
            let error = (Double(fitted.table(Float(x))) - function(x)).magnitude
            // 11 bits of fp16, 15 of int16 and 7 of int8: input, slope, intercept and result.
            let steps: [NumberFormat: Double] = [.fp16: 0x1p-10, .int16: 0x1p-12, .int8: 0x1p-4]
            var scale = max(function(x).magnitude, function.firstDerivative(x).magnitude * value)
            // The outputs of the integer formats reach to the constants outside the domain.
            if case .constant(let constant) = fitted.table.right { scale = Double(constant) }
            #expect(
              error <= (steps[format] ?? 1e-5) * scale + 1e-7,
              "\(function) \(approximator) \(format) [\(x), \(upper)]")
          }
        }
      }
    }
  }

  @Test(arguments: NumberFormat.allCases)
  func anchorsHold(format: NumberFormat) throws {
    for approximator in [Approximator.nnLUT(.refined), .optimal] {
      for entries in [2, 5, 8] {
        for function in [NonlinearFunction.gelu, .tanh, .hardswish] {
          for objective in [Objective.meanSquare, .maximum] {
            var asked = request(function, approximator, entries: entries, format: format)
            asked.objective = objective
            let fitted = try asked.fit { _ in }
            #expect(fitted.table(0) == 0, "\(function) \(approximator) \(entries) \(objective)")
            #expect(fitted.ideal(0) == 0)
          }
        }
        let exp = try request(.exp, approximator, entries: entries, format: format, domain: -8...0)
          .fit { _ in }
        #expect(exp.ideal(0) == 1)
        if !format.isInteger { #expect(exp.table(0) == 1) }
        let rsqrt = try request(.rsqrt, approximator, entries: entries, domain: 0.25...4)
          .fit { _ in }
        #expect((rsqrt.table(4) - 0.5).magnitude < 1e-6)
        #expect((rsqrt.table(0.25) - 2).magnitude < 1e-6)
      }
    }
  }

  @Test func freeConstraintsHoldNothing() throws {
    var asked = request(.gelu, entries: 8)
    asked.constraints = .free
    let free = try asked.fit { _ in }
    #expect(free.table(0) != 0)
    #expect(free.table.left == .line && free.table.right == .line)
    #expect(free.ideal.slopes.last != 1)
    asked.constraints = .init()
    #expect(try asked.fit { _ in }.meanSquaredError > free.meanSquaredError)
  }

  @Test func tailsAreSane() throws {
    let gelu = try request(.gelu, entries: 8).fit { _ in }.table
    #expect(gelu(1e6) == 1e6)
    #expect(gelu(-1e6) == 0)
    let early = try request(.gelu, entries: 8, domain: -1...0.5).fit { _ in }
    #expect(early.table(40) == 40)
    #expect(early.maximumError < 1e-2)
    let exp = try request(.exp, entries: 8).fit { _ in }.table
    #expect(exp(-1e6) == 0)
    let rsqrt = try request(.rsqrt, entries: 8).fit { _ in }.table
    #expect(rsqrt(1e9) >= 0 && rsqrt(1e9) < 0.1)
    #expect(rsqrt(0) < 4)
  }

  @Test func wrongRequestsNameParameterAndRange() {
    let cases: [(FitRequest, String)] = [
      (request(.gelu, entries: 1), "entries 1 is not possible: use 2 to 256"),
      (request(.gelu, entries: 257), "entries 257 is not possible: use 2 to 256"),
      (request(.rsqrt, domain: 0...1), "domain [0.0, 1.0] is not possible: rsqrt takes bounds"),
      (request(.exp, domain: -1...89), "domain [-1.0, 89.0] is not possible: exp takes bounds"),
      (
        request(.gelu, domain: -1...(.infinity)),
        "domain [-1.0, inf] is not possible: gelu takes bounds"
      ),
      (
        request(.reciprocal, scaling: .paper),
        "scaling paper is not possible: reciprocal takes none, exponent"
      ),
      (request(.exp, scaling: .exponent), "scaling exponent is not possible: exp takes none"),
      (
        request(.rsqrt, scaling: .paper, domain: 0.1...0.5),
        "domain [0.1, 0.5] is not possible: without weights, scaling paper"
      ),
    ]
    for (request, text) in cases {
      let error = #expect(throws: ApproximationError.self) { try request.fit { _ in } }
      #expect(error?.description.hasPrefix(text) == true, "\(error?.description ?? "none")")
    }
    var discontinuous = request(.gelu)
    discontinuous.continuity = .discontinuous
    #expect(throws: ApproximationError.self) { try discontinuous.fit { _ in } }
    var weighted = request(.gelu)
    weighted.weights = [.init(lower: 1, upper: 0, weight: 1)]
    let error = #expect(throws: ApproximationError.self) { try weighted.fit { _ in } }
    #expect(error?.description.hasPrefix("weights[0]") == true)
  }

  @Test func progressAscendsAndCancels() throws {
    struct Cancelled: Error {}
    for approximator in Self.approximators {
      var fractions: [Double] = []
      _ = try request(.gelu, approximator).fit { fractions.append($0) }
      #expect(fractions == fractions.sorted())
      #expect(fractions.first == 0)
      #expect(fractions.last == 1)
      var calls = 0
      #expect(throws: Cancelled.self) {
        try request(.gelu, approximator).fit { _ in
          calls += 1
          if calls == 2 { throw Cancelled() }
        }
      }
      #expect(calls == 2)
    }
  }
}
