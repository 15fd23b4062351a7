/// What is wrong in a job file, where, and what to write instead.
public struct JobFileError: Error, Hashable, Sendable, CustomStringConvertible {
  public var file: String
  /// Counted from 1; nil when it is the file as a whole.
  public var line: Int?
  public var column: Int?
  /// The key, for example `variants[2].entries`; empty for the whole document.
  public var key: String
  public var problem: String

  public init(
    file: String, line: Int? = nil, column: Int? = nil, key: String = "", problem: String
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.key = key
    self.problem = problem
  }

  public var description: String {
    var place = file
    if let line { place += ":\(line)" }
    if let column { place += ":\(column)" }
    return place + ": " + (key.isEmpty ? "" : key + ": ") + problem
  }
}
