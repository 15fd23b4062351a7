/// A fit that was asked for something that is not possible.
public enum ApproximationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The parameter's name, what it was, and what it may be.
  case invalid(parameter: String, value: String, permitted: String)

  public var description: String {
    switch self {
    case .invalid(let parameter, let value, let permitted):
      "\(parameter) \(value) is not possible: \(permitted)"
    }
  }
}
