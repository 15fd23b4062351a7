import LookupTables

extension NonlinearFunction {
  /// The range on which NN-LUT as published trains the function; for those that it does not have,
  /// where they bend.
  public var paperDomain: ClosedRange<Double> {
    switch self {
    case .gelu, .geluTanh: -5...5
    case .exp: -256...0
    case .reciprocal: 1...1024
    case .rsqrt: 0.1...1024
    case .silu, .sigmoid, .softplus: -8...8
    case .tanh, .hardswish: -4...4
    }
  }

  /// What a table of the function answers outside its domain, unless asked otherwise.
  public var defaultTails: (left: Tail, right: Tail) {
    switch self {
    case .gelu, .geluTanh, .silu, .softplus, .hardswish: (.constant(0), .line)
    case .exp: (.constant(0), .clamp)
    case .sigmoid: (.constant(0), .constant(1))
    case .tanh: (.constant(-1), .constant(1))
    case .reciprocal, .rsqrt: (.clamp, .clamp)
    }
  }

  /// Whether the function, and so every table of it, is never negative.
  public var isNonNegative: Bool {
    switch self {
    case .exp, .reciprocal, .rsqrt, .sigmoid, .softplus: true
    case .gelu, .geluTanh, .silu, .tanh, .hardswish: false
    }
  }

  /// Where a table should be exact.
  var anchors: [Double] {
    switch self {
    case .gelu, .geluTanh, .silu, .tanh, .hardswish, .sigmoid, .exp: [0]
    case .reciprocal, .rsqrt, .softplus: []
    }
  }

  /// Whether the function nears y = x on the right, so that the default right line is that one.
  var endsOnIdentity: Bool { defaultTails.right == .line }

  /// The widest domain a table of the function may have.
  public var permittedDomain: ClosedRange<Double> {
    switch self {
    case .exp: -1e30...88
    case .reciprocal, .rsqrt: 1e-30...1e30
    case .gelu, .geluTanh, .silu, .sigmoid, .tanh, .softplus, .hardswish: -1e30...1e30
    }
  }

  /// The input scalings a table of the function may have.
  public var permittedScalings: [InputScaling] {
    switch self {
    case .reciprocal: [.none, .exponent]
    case .rsqrt: [.none, .paper, .exponent]
    case .gelu, .geluTanh, .exp, .silu, .sigmoid, .tanh, .softplus, .hardswish: [.none]
    }
  }

  /// What a scaled table of the function scales back.
  var scaledFunction: ScaledFunction? {
    switch self {
    case .reciprocal: .reciprocal
    case .rsqrt: .rsqrt
    case .gelu, .geluTanh, .exp, .silu, .sigmoid, .tanh, .softplus, .hardswish: nil
    }
  }
}
