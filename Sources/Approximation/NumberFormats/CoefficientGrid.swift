import LookupTables

/// Fixed-point coefficients before any table format: the setting in which rivals publish their
/// errors (GQA-LUT: slopes and intercepts on the 2^−6 grid in 8 bits, inputs every 0.01).
public struct CoefficientGrid: Hashable, Sendable {
  /// Slopes and intercepts are multiples of 2^−fractionBits; in `0...16`.
  public let fractionBits: Int
  /// The width of a stored slope or intercept, sign included; in `2...12`.
  public let bits: Int
  /// The inputs are lower, lower + inputStep, … up to the domain's upper bound, which belongs to
  /// them; positive.
  public let inputStep: Double

  /// The most inputs.
  static let pointLimit = 100_000

  /// - Throws: ``ApproximationError`` that names the parameter and its range.
  public init(fractionBits: Int = 6, bits: Int = 8, inputStep: Double = 0.01) throws {
    guard (0...16).contains(fractionBits) else {
      throw ApproximationError.invalid(
        parameter: "fraction bits", value: "\(fractionBits)", permitted: "use 0 to 16")
    }
    guard (2...12).contains(bits) else {
      throw ApproximationError.invalid(
        parameter: "bits", value: "\(bits)", permitted: "use 2 to 12")
    }
    guard inputStep > 0, inputStep.isFinite else {
      throw ApproximationError.invalid(
        parameter: "input step", value: "\(inputStep)", permitted: "use a positive number")
    }
    self.fractionBits = fractionBits
    self.bits = bits
    self.inputStep = inputStep
  }

  /// 2^−fractionBits.
  var unit: Double { Double(sign: .plus, exponent: -fractionBits, significand: 1) }

  func inputs(in domain: ClosedRange<Double>) throws -> [Double] {
    let steps = ((domain.upperBound - domain.lowerBound) / inputStep).rounded(.toNearestOrEven)
    guard steps >= 1, steps < Double(Self.pointLimit) else {
      throw ApproximationError.invalid(
        parameter: "input step", value: "\(inputStep)",
        permitted: "the domain must hold 2 to \(Self.pointLimit) inputs")
    }
    return (0...Int(steps)).map { domain.lowerBound + Double($0) * inputStep }
  }
}

/// The best table on a ``CoefficientGrid``.
public struct GridFit: Sendable {
  /// Slopes and intercepts on the grid, breakpoints on inputs. Lines that do not help are repeated
  /// at the end with the last input's right neighbour as their breakpoint.
  public var piecewise: PiecewiseLinear
  /// Over the inputs, with rounded outputs if the fit had them.
  public var meanSquaredError: Double
  /// Over the inputs, with rounded outputs if the fit had them.
  public var maximumError: Double
  /// What the function's own values, rounded to the output step, have as mean squared error: no
  /// table with such outputs goes below. 0 for real outputs.
  public var roundingFloor: Double
}

extension CoefficientGrid {
  /// The table of least error among all tables whose lines stand on the grid and whose cuts lie
  /// between inputs: without anchors, each piece free. Exact.
  ///
  /// - Parameters:
  ///   - entries: N, in `2...64`.
  ///   - objective: `mse` or `max`, over the inputs.
  ///   - outputStep: Outputs are multiples of it in ``bits`` bits, rounded half up; nil for real
  ///     outputs.
  /// - Throws: ``ApproximationError`` for parameters out of range.
  public func bestFit(
    of function: ApproximatedFunction, domain: ClosedRange<Double>, entries: Int,
    objective: Objective = .meanSquare, outputStep: Double? = nil
  ) throws -> GridFit {
    guard (2...64).contains(entries) else {
      throw ApproximationError.invalid(
        parameter: "entries", value: "\(entries)", permitted: "use 2 to 64 on a coefficient grid")
    }
    guard !objective.isRelative else {
      throw ApproximationError.invalid(
        parameter: "objective", value: objective.rawValue,
        permitted: "use mse or max on a coefficient grid")
    }
    let inputs = try inputs(in: domain)
    let bank = FixedPointLines(
      grid: self, inputs: inputs, targets: inputs.map { function($0) }, outputStep: outputStep,
      isSquared: !objective.isMaximum)
    let programme = GridLineProgramme(bank: bank, merging: objective.isMaximum ? .maximum : .sum)
    let ceiling = objective.isMaximum ? bank.largestError : bank.largestTotal
    let guess = programme.lowerBound + ceiling * 0x1p-24
    guard let solution = programme.solve(pieces: entries, guess: guess, ceiling: ceiling) else {
      throw ApproximationError.invalid(
        parameter: "function", value: function.name, permitted: "its values must be finite")
    }
    return try bank.fit(solution.pieces, entries: entries)
  }
}
