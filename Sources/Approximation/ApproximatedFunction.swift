import LookupTables

/// What a table stands for: a function we know, or samples that a user brought.
public enum ApproximatedFunction: Hashable, Sendable {
  case nonlinear(NonlinearFunction)
  case sampled(SampledFunction)

  /// f(x) in float64.
  public func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .nonlinear(let function): function(x)
    case .sampled(let function): function(x)
    }
  }

  /// f′(x); at a sample the slope to its right.
  public func firstDerivative(_ x: Double) -> Double {
    switch self {
    case .nonlinear(let function): function.firstDerivative(x)
    case .sampled(let function): function.firstDerivative(x)
    }
  }

  /// f″(x); for samples, which have none, a divided difference over the neighbouring samples: good
  /// enough to place knots.
  public func secondDerivative(_ x: Double) -> Double {
    switch self {
    case .nonlinear(let function): function.secondDerivative(x)
    case .sampled(let function): function.secondDerivative(x)
    }
  }
}
