import Approximation

/// A flag's value that is not possible, and what is.
public struct SettingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Without its dashes.
  public var flag: String
  /// What is wrong and what may be written instead.
  public var problem: String

  public init(flag: String, problem: String) {
    self.flag = flag
    self.problem = problem
  }

  public var description: String { "--\(flag): \(problem)" }

  /// A word that none of `known` is.
  static func unknown(_ flag: String, _ text: String, known: [String]) -> SettingError {
    let list =
      known.count > 1
      ? known.dropLast().joined(separator: ", ") + " or " + known[known.count - 1]
      : known.joined()
    return SettingError(flag: flag, problem: "'\(text.prefix(60))' is unknown; write \(list)")
  }

  /// Reads what a flag names: an error about the file becomes one about the flag.
  /// - Throws: ``SettingError``, or what `body` throws beside ``TableFileError``.
  public static func named<Result>(_ flag: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as TableFileError {
      throw SettingError(flag: flag, problem: error.description)
    }
  }

  /// The flag of what a fit refused; nil when no flag decides it.
  init?(_ error: ApproximationError) {
    switch error {
    case .invalid(let parameter, let value, let permitted):
      let flags = [
        "weights": "histogram", "domain": "domain", "entries": "entries", "scaling": "scaling",
        "approximator": "approximator", "samples": "samples", "format": "format",
        "objective": "objective", "continuity": "continuity", "scales": "scales",
        "tails": "tails", "anchors": "anchors", "floor": "floor",
        "relative floor": "relative-floor",
      ]
      let name = parameter.prefix { $0 != "[" }
      guard let flag = flags[String(name)] else { return nil }
      self.init(flag: flag, problem: "\(value) is not possible: \(permitted)")
    }
  }
}
