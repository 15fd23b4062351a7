import Approximation
import LookupTables
import Testing

@Suite struct CalibratedFitTests {
  /// bfloat16 buckets with uneven masses over orders of magnitude, as calibration delivers them.
  static func buckets(
    from smallest: Double, octaves: Int, sign: Double, seed: UInt64
  ) -> [WeightedInterval] {
    var random = SeededNumbers(seed: seed)
    var buckets: [WeightedInterval] = []
    var start = smallest
    for octave in 0..<octaves {
      for step in 0..<128 where random.between(0, 1) < 0.9 {
        let lower = start * (1 + Double(step) / 128)
        let upper = start * (1 + Double(step + 1) / 128)
        let distance = Double(octave - octaves / 3)
        let weight = random.between(0, 1000) / (1 + distance * distance * distance * distance)
        buckets.append(
          WeightedInterval(
            lower: sign < 0 ? -upper : lower, upper: sign < 0 ? -lower : upper, weight: weight))
      }
      start *= 2
    }
    return buckets.sorted { $0.lower < $1.lower }
  }

  private func request(
    _ function: NonlinearFunction, _ approximator: Approximator, entries: Int,
    weights: [WeightedInterval], format: NumberFormat = .fp32, scaling: InputScaling = .none
  ) throws -> FitRequest {
    let lower = try #require(weights.map(\.lower).min())
    let upper = try #require(weights.map(\.upper).max())
    return FitRequest(
      function: function, approximator: approximator, entries: entries, format: format,
      scaling: scaling, domain: lower...upper, weights: weights, seed: 3, wantsCertificate: false)
  }

  @Test(arguments: [
    (NonlinearFunction.rsqrt, 0.004, 15, 1.0), (.reciprocal, 1, 8, 1), (.exp, 0x1p-9, 15, -1),
    (.gelu, 0x1p-8, 12, 1), (.gelu, 0x1p-8, 12, -1),
  ])
  func calibratedTablesBeatTheBaselinesByFar(
    function: NonlinearFunction, smallest: Double, octaves: Int, sign: Double
  ) throws {
    var weights = Self.buckets(from: smallest, octaves: octaves, sign: sign, seed: 5)
    if function == .exp { weights.append(.init(lower: 0, upper: 0, weight: 5_000)) }
    for format in [NumberFormat.fp32, .int32] {
      let refined = try request(
        function, .nnLUT(.refined), entries: 16, weights: weights, format: format
      ).fit { _ in }
      let linear = try request(
        function, .linearLUT, entries: 16, weights: weights, format: format
      ).fit { _ in }
      #expect(refined.meanSquaredError < 0.2 * linear.meanSquaredError)
      let smaller = try request(
        function, .nnLUT(.refined), entries: 8, weights: weights, format: format
      ).fit { _ in }
      #expect(refined.meanSquaredError < smaller.meanSquaredError)
      #expect(smaller.meanSquaredError < linear.meanSquaredError)
    }
  }

  @Test func measurementAgreesWithPlainSampling() throws {
    let weights = Self.buckets(from: 0.25, octaves: 6, sign: 1, seed: 9)
    let fitted = try request(.rsqrt, .nnLUT(.refined), entries: 8, weights: weights).fit { _ in }
    var sum = 0.0
    var mass = 0.0
    var largest = 0.0
    for bucket in weights {
      for step in 0..<64 {
        let x = Float(
          bucket.lower + (bucket.upper - bucket.lower) * (Double(step) + 0.5) / 64)
        let error = Double(fitted.table(x)) - 1 / Double(x).squareRoot()
        sum += bucket.weight * error * error
        mass += bucket.weight
        largest = max(largest, error.magnitude)
      }
    }
    #expect((fitted.meanSquaredError - sum / mass).magnitude < 1e-3 * sum / mass)
    #expect(largest <= fitted.maximumError)
    #expect(fitted.maximumError < 1.02 * largest)
  }

  @Test(arguments: [
    (NonlinearFunction.rsqrt, InputScaling.exponent), (.reciprocal, .exponent), (.rsqrt, .paper),
  ])
  func scaledTablesAreMeasuredAsScaledBack(function: NonlinearFunction, scaling: InputScaling)
    throws
  {
    let weights = Self.buckets(from: 0.03, octaves: 9, sign: 1, seed: 11)
    for format in [NumberFormat.fp32, .int32] {
      let fitted = try request(
        function, .nnLUT(.refined), entries: 16, weights: weights, format: format,
        scaling: scaling
      ).fit { _ in }
      var sum = 0.0
      var mass = 0.0
      var largest = 0.0
      for bucket in weights {
        for step in 0..<16 {
          let x = Float(
            bucket.lower + (bucket.upper - bucket.lower) * (Double(step) + 0.5) / 16)
          let error = Double(fitted.table(x)) - function(Double(x))
          largest = max(largest, error.magnitude / function(Double(x)))
          sum += bucket.weight * error * error
          mass += bucket.weight
        }
      }
      #expect((fitted.meanSquaredError - sum / mass).magnitude < 0.02 * sum / mass)
      // Only the exponent makes the error relative.
      if scaling == .exponent { #expect(largest < 0.05) }
    }
  }

  @Test func paperRecipeCalibratesOnTheWeights() throws {
    let weights = [WeightedInterval(lower: -1, upper: 1, weight: 3)]
    var request = FitRequest(
      function: .gelu, approximator: .nnLUT(.paper), entries: 8, format: .fp32, domain: -5...5,
      weights: weights, seed: 1)
    let calibrated = try request.fit { _ in }
    request.weights = nil
    let uniform = try request.fit { _ in }
    #expect(calibrated.notes["calibration"] != nil)
    #expect(uniform.notes["calibration"] == nil)
    #expect(calibrated.table != uniform.table)
    #expect(uniform.meanSquaredError < 1e-3)
  }
}
