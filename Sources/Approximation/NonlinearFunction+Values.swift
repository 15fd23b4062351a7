extension NonlinearFunction {
  /// The function's value in float64, from the four operations and the square root alone: the same
  /// bits on every machine, within a few ulp (gelu's left tail: relative error below 1e-13).
  ///
  /// - Parameter x: Any number; reciprocal and rsqrt have the values of IEEE division outside their
  ///   domain x > 0.
  public func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .gelu:
      if x < -39 { return 0 }
      return x * NormalDistribution.distribution(x)
    case .exp: return elementaryExponential(x)
    case .reciprocal: return 1 / x
    case .rsqrt: return 1 / x.squareRoot()
    }
  }

  /// f′(x).
  public func firstDerivative(_ x: Double) -> Double {
    switch self {
    case .gelu:
      return NormalDistribution.distribution(x) + x * NormalDistribution.density(x)
    case .exp: return elementaryExponential(x)
    case .reciprocal: return -1 / (x * x)
    case .rsqrt: return -0.5 / (x * x.squareRoot())
    }
  }

  /// f″(x).
  public func secondDerivative(_ x: Double) -> Double {
    switch self {
    case .gelu: return NormalDistribution.density(x) * (2 - x * x)
    case .exp: return elementaryExponential(x)
    case .reciprocal: return 2 / (x * x * x)
    case .rsqrt: return 0.75 / (x * x * x.squareRoot())
    }
  }

  /// Where f″ changes its sign, ascending. gelu″ = φ(x)·(2 − x²).
  public var inflections: [Double] {
    self == .gelu ? [-1.4142135623730951, 1.4142135623730951] : []
  }
}
