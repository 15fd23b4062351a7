/// What is wrong with a tokenizer's files, where, and what to do about it.
public struct TokenizerError: Error, Hashable, Sendable, CustomStringConvertible {
  public var file: String
  /// The line, from 1, where a file is no valid JSON; nil otherwise.
  public var line: Int?
  /// The key in question, with dots between levels; nil when it is the whole file.
  public var key: String?
  public var problem: String
  public var remedy: String

  public init(
    file: String, line: Int? = nil, key: String? = nil, problem: String, remedy: String
  ) {
    self.file = file
    self.line = line
    self.key = key
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String {
    let place = file + (line.map { ":\($0)" } ?? "") + (key.map { ": \($0)" } ?? "")
    return "\(place): \(problem); \(remedy)"
  }
}
