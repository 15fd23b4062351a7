import LookupTables
import Testing

@testable import Approximation

@Suite struct FitMeasurementTests {
  private func fitted(
    _ function: ApproximatedFunction, _ format: NumberFormat, _ objective: Objective = .meanSquare,
    domain: ClosedRange<Double>, weights: [WeightedInterval]? = nil
  ) throws -> (table: LookupTable, problem: FitProblem, measured: FitMeasurement) {
    let request = FitRequest(
      function: function, approximator: .nnLUT(.refined), entries: 8, format: format,
      domain: domain, weights: weights, objective: objective, wantsCertificate: false)
    let table = try request.fit { _ in }.table
    let problem = FitProblem(request)
    return (table, problem, FitMeasurement(of: table, against: problem))
  }

  /// What is found at a million inputs is never more than measured, and hardly less.
  @Test(arguments: NumberFormat.allCases, Objective.allCases)
  func nothingIsWorseThanMeasured(format: NumberFormat, objective: Objective) throws {
    for function in [NonlinearFunction.gelu, .exp, .hardswish] {
      let domain = function == .exp ? -8.0...0.0 : -4.0...4.0
      let (table, problem, measured) = try fitted(
        .nonlinear(function), format, objective, domain: domain)
      var largest = 0.0
      var tube = 0.0
      let count = 400_000
      for step in 0...count {
        var input = Float(
          domain.lowerBound
            + (domain.upperBound - domain.lowerBound) * (Double(step) / Double(count)))
        if format == .fp16 { input = Float(HalfEntries.quantized(input)) }
        let error = (Double(table(input)) - function(Double(input))).magnitude
        largest = max(largest, error)
        tube = max(tube, error / problem.tolerance(at: Double(input)))
      }
      #expect(largest <= measured.maximumError * (1 + 1e-3), "\(function)")
      #expect(measured.maximumError <= largest * 1.01)
      #expect(tube <= measured.tubeError * (1 + 1e-3), "\(function)")
      #expect(measured.tubeError <= tube * 1.01)
    }
  }

  @Test func samplesAreMeasuredAtTheirKinks() throws {
    let x = (0...20).map { Double($0) / 5 }
    let function = ApproximatedFunction.sampled(
      try SampledFunction(x: x, y: x.map { ($0 * 7).truncatingRemainder(dividingBy: 1.3) }))
    let (table, _, measured) = try fitted(function, .fp32, domain: 0...4)
    var largest = 0.0
    for step in 0...400_000 {
      let input = Float(Double(step) * 1e-5)
      largest = max(largest, (Double(table(input)) - function(Double(input))).magnitude)
    }
    #expect(largest <= measured.maximumError * (1 + 1e-6))
    #expect(measured.maximumError <= largest * (1 + 1e-4))
  }

  @Test func weightedErrorsCountByDensity() throws {
    let weights = [
      WeightedInterval(lower: -4, upper: -2, weight: 1), .init(lower: -2, upper: 0, weight: 10),
      .init(lower: 1, upper: 2, weight: 5), .init(lower: 3, upper: 3, weight: 1),
    ]
    let (table, problem, measured) = try fitted(
      .nonlinear(.gelu), .fp32, .maximum, domain: -4...4, weights: weights)
    #expect(problem.tolerance(at: -3) == 10)
    #expect(problem.tolerance(at: -2) == 1)
    #expect(problem.tolerance(at: -1) == 1)
    #expect(problem.tolerance(at: 0.5) == 1e6)
    #expect(problem.tolerance(at: 1.5) == 1)
    #expect(problem.tolerance(at: 3) == 1)
    #expect(problem.toleranceSteps == [-2, 0, 1, 2, 3])
    var tube = 0.0
    for step in 0...400_000 {
      let input = Double(Float(-4 + Double(step) * 2e-5))
      let error = (Double(table(Float(input))) - NonlinearFunction.gelu(input)).magnitude
      tube = max(tube, error / problem.tolerance(at: input))
    }
    #expect(tube <= measured.tubeError * 1.0001)
    #expect(measured.tubeError <= tube * 1.001)
  }

  @Test func relativeErrorsHaveAFloor() throws {
    let request = FitRequest(
      function: .exp, approximator: .nnLUT(.refined), entries: 8, format: .fp32, domain: -20...0,
      objective: .relativeMaximum)
    let problem = FitProblem(request)
    #expect(problem.magnitude(at: 0) == 1)
    #expect(problem.magnitude(at: -20) == 0x1p-8)
    let relative = try request.fit { _ in }
    var absolute = request
    absolute.objective = .maximum
    let other = try absolute.fit { _ in }
    #expect(other.maximumError < relative.maximumError)
    let measured = FitMeasurement(of: other.table, against: problem)
    #expect(try #require(relative.certificate).maximumError < measured.tubeError)
  }
}
