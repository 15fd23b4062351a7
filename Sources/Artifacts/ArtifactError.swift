/// What is wrong with an artifact or a part of one, where, and what to do about it.
public struct ArtifactError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file; nil when the trouble is not in a file.
  public var file: String?
  public var problem: String
  public var remedy: String

  public init(file: String? = nil, problem: String, remedy: String) {
    self.file = file
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String {
    (file.map { "\($0): " } ?? "") + problem + "; " + remedy
  }
}
