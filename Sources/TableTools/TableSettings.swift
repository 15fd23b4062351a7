import Approximation
import Foundation
import LookupTables

/// What a user writes to ask for a table, flag by flag; nil where nothing was written.
public struct TableSettings: Sendable {
  public var function: String?
  /// `LOWER:UPPER`
  public var domain: String?
  public var entries: String?
  public var format: String?
  public var scales: String?
  public var approximator: String?
  public var recipe: String?
  public var objective: String?
  public var continuity: String?
  public var scaling: String?
  public var tails: String?
  public var anchors: String?
  /// Whether lines may dip below 0 where a negative result becomes 0.
  public var floor: String?
  /// What relative errors are divided by at least.
  public var relativeFloor: String?
  /// A file that ``HistogramFile`` reads.
  public var histogram: String?
  /// A file that ``SampleFile`` reads: the function itself.
  public var samples: String?
  public var seed: String?

  public init() {}

  private static let leastRelativeFloor = 1e-30

  /// The request, defaults filled in: 16 entries, fp32, `nn-lut` by the refined recipe, the domain
  /// of NN-LUT's paper or of the samples.
  ///
  /// - Throws: ``SettingError`` that names the flag.
  public func request() throws -> FitRequest {
    let function = try approximatedFunction()
    let text = entries ?? "16"
    let limits = PiecewiseLinear.entryLimits
    guard let entries = Int(text), limits.contains(entries) else {
      throw SettingError(
        flag: "entries",
        problem: "'\(text.prefix(60))' is out of range; write a whole number from "
          + "\(limits.lowerBound) to \(limits.upperBound)")
    }
    let scaling = try word("scaling", scaling, default: InputScaling.none)
    guard function.permittedScalings.contains(scaling) else {
      throw SettingError(
        flag: "scaling",
        problem: "\(scaling.rawValue) is not possible for \(function.name); write "
          + function.permittedScalings.map(\.rawValue).joined(separator: " or "))
    }
    var constraints = FitConstraints()
    constraints.tails = try word("tails", tails, default: .standard)
    switch anchors ?? "default" {
    case "default": constraints.hasAnchors = true
    case "none": constraints.hasAnchors = false
    case let text: throw SettingError.unknown("anchors", text, known: ["default", "none"])
    }
    constraints.floor = try word("floor", floor, default: .use)
    let format = try word("format", format, default: NumberFormat.fp32)
    var request = FitRequest(
      function: function, approximator: try chosenApproximator(), entries: entries, format: format,
      scaling: scaling, domain: try chosenDomain(of: function),
      weights: try histogram.map { path in
        try SettingError.named("histogram") { try HistogramFile.weights(path: path) }
      }, seed: try chosenSeed(),
      objective: try word("objective", objective, default: .meanSquare),
      continuity: try word("continuity", continuity, default: .continuous),
      constraints: constraints)
    request.relativeFloor = try chosenRelativeFloor(for: request.objective)
    request.scales = try word("scales", scales, default: .powerOfTwo)
    if scales != nil, !format.isInteger {
      throw SettingError(
        flag: "scales", problem: "\(format.rawValue) has none; write --format int32, int16 or int8")
    }
    return request
  }

  private func approximatedFunction() throws -> ApproximatedFunction {
    let names = NonlinearFunction.allCases.map(\.rawValue)
    switch (function, samples) {
    case (let name?, nil):
      guard let function = NonlinearFunction(rawValue: name) else {
        throw SettingError.unknown("function", name, known: names)
      }
      return .nonlinear(function)
    case (nil, let path?):
      return .sampled(try SettingError.named("samples") { try SampleFile.function(path: path) })
    case (nil, nil):
      throw SettingError(
        flag: "function",
        problem: "is missing; write one of \(names.joined(separator: ", ")), or --samples FILE")
    case (.some, .some):
      throw SettingError(
        flag: "samples", problem: "does not go together with --function; write one of the two")
    }
  }

  private func chosenApproximator() throws -> Approximator {
    let text = approximator ?? "nn-lut"
    if recipe != nil, text != "nn-lut" {
      throw SettingError(
        flag: "recipe", problem: "belongs to nn-lut; leave it out or write --approximator nn-lut")
    }
    switch text {
    case "nn-lut": return .nnLUT(try word("recipe", recipe, default: .refined))
    case "linear-lut": return .linearLUT
    case "optimal": return .optimal
    default:
      throw SettingError.unknown(
        "approximator", text, known: ["optimal", "nn-lut", "linear-lut"])
    }
  }

  private func chosenDomain(of function: ApproximatedFunction) throws -> ClosedRange<Double> {
    let permitted = function.permittedDomain
    let form = "LOWER:UPPER, numbers from \(permitted.lowerBound) to \(permitted.upperBound)"
    guard let domain else {
      switch function {
      case .nonlinear(let function): return function.paperDomain
      case .sampled(let function): return function.domain
      }
    }
    let parts = domain.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let lower = Double(parts[0]), let upper = Double(parts[1]),
      lower.isFinite, upper.isFinite
    else {
      throw SettingError(
        flag: "domain", problem: "'\(domain.prefix(60))' is no domain; write \(form)")
    }
    guard lower < upper, permitted.contains(lower), permitted.contains(upper) else {
      throw SettingError(
        flag: "domain",
        problem: "\(domain) is not possible for \(function.name); write \(form), ascending")
    }
    return lower...upper
  }

  private func chosenRelativeFloor(for objective: Objective) throws -> Double? {
    guard let relativeFloor else { return nil }
    func refused(_ problem: String) -> SettingError {
      SettingError(flag: "relative-floor", problem: problem)
    }
    guard objective.isRelative else {
      throw refused(
        "the objective \(objective.rawValue) divides errors by nothing; write --objective "
          + "relative-mse or relative-max, or leave it out")
    }
    guard let value = Double(relativeFloor), value.isFinite, value >= Self.leastRelativeFloor else {
      throw refused(
        "'\(relativeFloor.prefix(60))' is not possible; write a number of at least "
          + "\(Self.leastRelativeFloor), in the function's unit")
    }
    return value
  }

  private func chosenSeed() throws -> UInt64 {
    guard let seed else { return 0 }
    guard let value = UInt64(seed) else {
      throw SettingError(
        flag: "seed",
        problem: "'\(seed.prefix(60))' is no seed; write a whole number from 0 to \(UInt64.max)")
    }
    return value
  }

  private func word<Value: RawRepresentable<String> & CaseIterable>(
    _ flag: String, _ text: String?, default value: Value
  ) throws -> Value {
    guard let text else { return value }
    guard let known = Value(rawValue: text) else {
      throw SettingError.unknown(flag, text, known: Value.allCases.map(\.rawValue))
    }
    return known
  }
}
