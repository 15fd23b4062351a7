import LookupTables

extension NonlinearFunction {
  /// The range on which NN-LUT as published trains the function.
  public var paperDomain: ClosedRange<Double> {
    switch self {
    case .gelu: -5...5
    case .exp: -256...0
    case .reciprocal: 1...1024
    case .rsqrt: 0.1...1024
    }
  }

  /// What a table of the function answers outside its domain, unless asked otherwise (DESIGN §5).
  public var defaultTails: (left: Tail, right: Tail) {
    switch self {
    case .gelu: (.constant(0), .line)
    case .exp: (.constant(0), .clamp)
    case .reciprocal, .rsqrt: (.clamp, .clamp)
    }
  }

  /// Whether the function, and so every table of it, is never negative.
  public var isNonNegative: Bool { self != .gelu }

  /// The widest domain a table of the function may have.
  public var permittedDomain: ClosedRange<Double> {
    switch self {
    case .gelu: -1e30...1e30
    case .exp: -1e30...88
    case .reciprocal, .rsqrt: 1e-30...1e30
    }
  }

  /// The input scalings a table of the function may have.
  public var permittedScalings: [InputScaling] {
    switch self {
    case .gelu, .exp: [.none]
    case .reciprocal: [.none, .exponent]
    case .rsqrt: [.none, .paper, .exponent]
    }
  }

  /// What a scaled table of the function scales back.
  var scaledFunction: ScaledFunction? {
    switch self {
    case .gelu, .exp: nil
    case .reciprocal: .reciprocal
    case .rsqrt: .rsqrt
    }
  }
}
