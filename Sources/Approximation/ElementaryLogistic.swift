/// σ, tanh and ln(1 + e^x) in float64 without the platform's libm and without cancellation:
/// relatively accurate to a few ulp everywhere.
enum Logistic {
  /// σ(x) = 1/(1 + e^−x)
  static func sigmoid(_ x: Double) -> Double {
    if x > 0 { return 1 / (1 + elementaryExponential(-x)) }
    let power = elementaryExponential(x)
    return power / (1 + power)
  }

  /// σ′(x) = σ(x)·σ(−x)
  static func sigmoidSlope(_ x: Double) -> Double {
    let power = elementaryExponential(-x.magnitude)
    return power / ((1 + power) * (1 + power))
  }

  /// tanh(x) = −(e^−2x − 1)/(e^−2x + 1)
  static func tanh(_ x: Double) -> Double {
    let below = exponentialLessOne(-2 * x.magnitude)
    let value = -below / (2 + below)
    return x < 0 ? -value : x.isNaN ? x : value
  }

  /// ln(1 + e^x)
  static func softplus(_ x: Double) -> Double {
    let rest = logarithmOfOnePlus(elementaryExponential(-x.magnitude))
    return x > 0 ? x + rest : rest
  }

  /// ln(1 + t) = 2·artanh(t/(2 + t)), by its series.
  /// - Parameter t: Must be in `0...1`; NaN stays NaN.
  private static func logarithmOfOnePlus(_ t: Double) -> Double {
    let s = t / (2 + t)
    let square = s * s
    // s² <= 1/9: the first term left out is below 2^−60 of the sum.
    var sum = 0.0
    for odd in stride(from: 37.0, through: 3, by: -2) { sum = (sum + 1 / odd) * square }
    return 2 * (s + s * sum)
  }
}
