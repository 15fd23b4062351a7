extension NonlinearFunction {
  /// The function's value in float64, from the four operations and the square root alone: the same
  /// bits on every machine, within a few ulp (the left tails of gelu and gelu-tanh: relative error
  /// below 1e-13).
  ///
  /// - Parameter x: Any number; reciprocal and rsqrt have the values of IEEE division outside their
  ///   domain x > 0.
  public func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .gelu: return x < -39 ? 0 : x * NormalDistribution.distribution(x)
    case .geluTanh: return x < -39 ? 0 : x * Logistic.sigmoid(TanhForm(x).v)
    case .exp: return elementaryExponential(x)
    case .reciprocal: return 1 / x
    case .rsqrt: return 1 / x.squareRoot()
    case .silu: return x < -746 ? 0 : x * Logistic.sigmoid(x)
    case .sigmoid: return Logistic.sigmoid(x)
    case .tanh: return Logistic.tanh(x)
    case .softplus: return Logistic.softplus(x)
    case .hardswish: return x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6
    }
  }

  /// f′(x); where it jumps, the slope to the right.
  public func firstDerivative(_ x: Double) -> Double {
    switch self {
    case .gelu:
      return NormalDistribution.distribution(x) + x * NormalDistribution.density(x)
    case .geluTanh:
      guard x.magnitude < 39 else { return x < 0 ? 0 : x.isNaN ? x : 1 }
      let form = TanhForm(x)
      return Logistic.sigmoid(form.v) + x * form.first * Logistic.sigmoidSlope(form.v)
    case .exp: return elementaryExponential(x)
    case .reciprocal: return -1 / (x * x)
    case .rsqrt: return -0.5 / (x * x.squareRoot())
    case .silu:
      guard x.magnitude < 750 else { return x < 0 ? 0 : x.isNaN ? x : 1 }
      return Logistic.sigmoid(x) * (1 + x * Logistic.sigmoid(-x))
    case .sigmoid: return Logistic.sigmoidSlope(x)
    case .tanh: return 4 * Logistic.sigmoidSlope(2 * x)
    case .softplus: return Logistic.sigmoid(x)
    case .hardswish: return x < -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6
    }
  }

  /// f″(x); where f′ jumps, that to the right.
  public func secondDerivative(_ x: Double) -> Double {
    switch self {
    case .gelu: return NormalDistribution.density(x) * (2 - x * x)
    case .geluTanh:
      guard x.magnitude < 39 else { return x.isNaN ? x : 0 }
      let form = TanhForm(x)
      let bend = form.first * (2 - x * form.first * Logistic.tanh(0.5 * form.v))
      return Logistic.sigmoidSlope(form.v) * (bend + x * form.second)
    case .exp: return elementaryExponential(x)
    case .reciprocal: return 2 / (x * x * x)
    case .rsqrt: return 0.75 / (x * x * x.squareRoot())
    case .silu:
      guard x.magnitude < 750 else { return x.isNaN ? x : 0 }
      return Logistic.sigmoidSlope(x) * (2 - x * Logistic.tanh(0.5 * x))
    case .sigmoid: return -Logistic.sigmoidSlope(x) * Logistic.tanh(0.5 * x)
    case .tanh: return -8 * Logistic.sigmoidSlope(2 * x) * Logistic.tanh(x)
    case .softplus: return Logistic.sigmoidSlope(x)
    case .hardswish: return x < -3 || x >= 3 ? 0 : 1.0 / 3
    }
  }

  /// Where f″ changes its sign, ascending. gelu″ = φ(x)·(2 − x²); silu″ is 0 where x·tanh(x/2) = 2;
  /// hardswish is bent upwards between ±3 and downwards at them.
  public var inflections: [Double] {
    switch self {
    case .gelu: [-1.4142135623730951, 1.4142135623730951]
    case .geluTanh: [-1.4185040087908283, 1.4185040087908283]
    case .silu: [-2.3993572805154675, 2.3993572805154675]
    case .sigmoid, .tanh: [0]
    case .hardswish: [-3, 3]
    case .exp, .reciprocal, .rsqrt, .softplus: []
    }
  }
}

/// gelu-tanh as x·σ(v), v = 2·√(2/π)·(x + 0.044715·x³), and v's derivatives.
private struct TanhForm {
  var v: Double
  var first: Double
  var second: Double

  init(_ x: Double) {
    let linear = 1.5957691216057308
    let cubic = 0.07135481627260025
    v = x * (linear + cubic * (x * x))
    first = linear + 3 * cubic * (x * x)
    second = 6 * cubic * x
  }
}
