/// A tensor that a model's weights must hold.
public struct ExpectedTensor: Hashable, Sendable {
  /// What the engine calls it, in every family by BERT's name and without a prefix, for example
  /// `encoder.layer.0.attention.self.query.weight`.
  public let name: String
  /// What a weight file may call it; the first that it has is taken.
  public let fileNames: [String]
  /// Row-major; a linear layer's weight is `[outputs, inputs]`.
  public let shape: [Int]

  public init(name: String, fileNames: [String]? = nil, shape: [Int]) {
    self.name = name
    self.fileNames = fileNames ?? [name]
    self.shape = shape
  }
}

/// Collects what a model's weights must hold.
struct TensorList {
  /// In front of the encoder's names in some files, for example `bert.`.
  var prefix: String
  private(set) var tensors: [ExpectedTensor] = []

  init(prefix: String) { self.prefix = prefix }

  /// - Parameter fileNames: without the prefix; nil = `name` itself.
  mutating func add(_ name: String, as fileNames: [String]? = nil, _ shape: [Int]) {
    let fileNames = fileNames ?? [name]
    let prefixed = fileNames.flatMap { [$0, prefix + $0] }
    tensors.append(
      ExpectedTensor(
        name: name, fileNames: prefixed + prefixed.compactMap(Self.legacy), shape: shape))
  }

  mutating func linear(
    _ name: String, as fileName: String? = nil, outputs: Int, inputs: Int
  ) {
    add("\(name).weight", as: fileName.map { ["\($0).weight"] }, [outputs, inputs])
    add("\(name).bias", as: fileName.map { ["\($0).bias"] }, [outputs])
  }

  mutating func norm(_ name: String, as fileName: String? = nil, width: Int) {
    for part in ["weight", "bias"] {
      add("\(name).\(part)", as: fileName.map { ["\($0).\(part)"] }, [width])
    }
  }

  /// The name that files converted from TensorFlow give a LayerNorm's tensor.
  private static func legacy(_ name: String) -> String? {
    if name.hasSuffix("LayerNorm.weight") { return name.dropLast(6) + "gamma" }
    if name.hasSuffix("LayerNorm.bias") { return name.dropLast(4) + "beta" }
    return nil
  }
}
