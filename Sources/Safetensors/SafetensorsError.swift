/// What is wrong with a safetensors file or with what is to be written into one.
public struct SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Path of the file; nil while writing.
  public var file: String?
  /// The tensor concerned; nil when it is the file as a whole.
  public var tensor: String?
  /// What is wrong and, where there is one, the remedy.
  public var problem: String

  public init(file: String? = nil, tensor: String? = nil, problem: String) {
    self.file = file
    self.tensor = tensor
    self.problem = problem
  }

  public var description: String {
    var place = file.map { "\($0): " } ?? ""
    if let tensor { place += "tensor \"\(tensor.prefix(200))\": " }
    return place + problem
  }
}
