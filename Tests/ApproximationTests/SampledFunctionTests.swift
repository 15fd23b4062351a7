import Testing

@testable import Approximation

@Suite struct SampledFunctionTests {
  @Test func isStraightBetweenSamplesAndBeyond() throws {
    let function = try SampledFunction(x: [-1, 0, 2, 3], y: [1, 0, 4, 4])
    #expect(function(-1) == 1)
    #expect(function(-0.5) == 0.5)
    #expect(function(1) == 2)
    #expect(function(3) == 4)
    #expect(function(-2) == 2)
    #expect(function(10) == 4)
    #expect(function.firstDerivative(0) == 2)
    #expect(function.firstDerivative(-0.1) == -1)
    #expect(function.firstDerivative(9) == 0)
    #expect(function.domain == -1...3)
  }

  @Test func curvatureIsThatOfTheNeighbours() throws {
    let x = (0...40).map { Double($0) / 10 }
    let parabola = try SampledFunction(x: x, y: x.map { $0 * $0 })
    for position in stride(from: 0.15, to: 3.85, by: 0.1) {
      #expect((parabola.secondDerivative(position) - 2).magnitude < 1e-9)
    }
    let bend = try SampledFunction(x: [0, 1, 2], y: [0, 0, 1])
    #expect(bend.secondDerivative(0.5) == 1)
    #expect(bend.secondDerivative(1.5) == 1)
    let line = try SampledFunction(x: [0, 1], y: [0, 1])
    #expect(line.secondDerivative(0.5) == 0)
  }

  @Test func kinksAreTheInnerSamples() throws {
    let function = ApproximatedFunction.sampled(
      try SampledFunction(x: [-1, 0, 2, 3], y: [1, 0, 4, 4]))
    #expect(function.kinks(inside: -1...3) == [0, 2])
    #expect(function.kinks(inside: 0...2.5) == [2])
    #expect(function.kinks(inside: 0.5...1) == [])
    #expect(ApproximatedFunction.nonlinear(.hardswish).kinks(inside: -4...3) == [-3])
    #expect(ApproximatedFunction.nonlinear(.gelu).kinks(inside: -4...4) == [])
  }

  @Test func wrongSamplesAreNamed() {
    let cases: [([Double], [Double], String)] = [
      ([1], [1], "samples of 1 points"), ([0, 1], [0], "samples of 2 inputs and 1 values"),
      ([0, 1, 1], [0, 1, 2], "samples [2] (1.0, 2.0)"), ([0, .nan], [0, 0], "samples [1]"),
    ]
    for (x, y, message) in cases {
      let error = #expect(throws: ApproximationError.self) { try SampledFunction(x: x, y: y) }
      #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }
  }
}
