/// A file that cannot be read, written or understood.
public enum TableFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is no such file.
  case missing(path: String)
  /// The system says no.
  case refused(path: String, reason: String)
  /// What is wrong, and in which line and column (both from 1, 0 where it is the whole file).
  case malformed(path: String, line: Int, column: Int, problem: String)
  /// A program that draws is not installed, or failed.
  case tool(problem: String)

  public var description: String {
    switch self {
    case .missing(let path):
      "there is no file \(path); check the path"
    case .refused(let path, let reason):
      "\(path): \(reason)"
    case .malformed(let path, let line, let column, let problem):
      path + (line > 0 ? ":\(line)" : "") + (column > 0 ? ": column \(column)" : "")
        + ": \(problem)"
    case .tool(let problem):
      problem
    }
  }
}
