/// What is wrong with a data set, a head or a set of predictions, where, and what to do about it.
public struct EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, or nil when the trouble is not in a file.
  public var file: String?
  /// The line in that file, counted from 1.
  public var line: Int?
  public var problem: String
  public var remedy: String

  public init(file: String? = nil, line: Int? = nil, problem: String, remedy: String) {
    self.file = file
    self.line = line
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String {
    var place = ""
    if let file { place = file + (line.map { ":\($0)" } ?? "") + ": " }
    return "\(place)\(problem); \(remedy)"
  }
}
