import LookupTables

extension ApproximatedFunction {
  /// For messages and records: the function's name, or `samples`.
  public var name: String {
    switch self {
    case .nonlinear(let function): function.rawValue
    case .sampled: "samples"
    }
  }

  /// As ``NonlinearFunction/defaultTails``; samples say nothing about the outside: clamped.
  public var defaultTails: (left: Tail, right: Tail) {
    switch self {
    case .nonlinear(let function): function.defaultTails
    case .sampled: (.clamp, .clamp)
    }
  }

  /// Whether every table of it is never negative.
  public var isNonNegative: Bool {
    switch self {
    case .nonlinear(let function): function.isNonNegative
    case .sampled: false
    }
  }

  /// The widest domain a table of the function may have.
  public var permittedDomain: ClosedRange<Double> {
    switch self {
    case .nonlinear(let function): function.permittedDomain
    case .sampled(let function): function.domain
    }
  }

  /// The input scalings a table of the function may have.
  public var permittedScalings: [InputScaling] {
    switch self {
    case .nonlinear(let function): function.permittedScalings
    case .sampled: [.none]
    }
  }

  /// Where the function changes the sign of f″, ascending; none are named for samples.
  var inflections: [Double] {
    switch self {
    case .nonlinear(let function): function.inflections
    case .sampled: []
    }
  }

  /// Where f′ jumps, strictly inside a range, ascending: between two of these, inflections and
  /// bounds, f′ is monotone. Every inner sample is one.
  func kinks(inside range: ClosedRange<Double>) -> [Double] {
    switch self {
    case .nonlinear(.hardswish): [-3, 3].filter { range.lowerBound < $0 && $0 < range.upperBound }
    case .nonlinear: []
    case .sampled(let function): Array(function.samples(inside: range))
    }
  }

  /// Where a table should be exact: gelu(0) = 0, exp(0) = 1.
  var anchors: [Double] {
    switch self {
    case .nonlinear(let function): function.anchors
    case .sampled: []
    }
  }

  /// Whether the function nears y = x on the right, so that the default right line is that one.
  var endsOnIdentity: Bool {
    if case .nonlinear(let function) = self { function.endsOnIdentity } else { false }
  }

  /// What a scaled table of the function scales back.
  var scaledFunction: ScaledFunction? {
    switch self {
    case .nonlinear(let function): function.scaledFunction
    case .sampled: nil
    }
  }
}
