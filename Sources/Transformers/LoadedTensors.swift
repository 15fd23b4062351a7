import Models
import Safetensors

/// The tensors that a model's description asks for, each checked: there, in its shape, finite.
struct LoadedTensors {
  private let path: String
  private let precision: ModelPrecision
  private var tensors: [String: WeightTensor] = [:]

  /// - Throws: ``TransformersError`` or `SafetensorsError`, naming file and tensor.
  init(_ files: WeightFiles, model: ModelDescription, precision: ModelPrecision) throws {
    path = files.path
    self.precision = precision
    for expected in model.expectedTensors {
      guard let (view, file) = try files.tensor(expected.fileNames) else {
        throw TransformersError.missingTensor(file: path, tensor: expected.fileNames[0])
      }
      guard view.shape == expected.shape else {
        throw TransformersError.wrongShape(
          file: file, tensor: view.name, found: view.shape, expected: expected.shape)
      }
      guard [.f32, .f16, .bf16].contains(view.dtype) else {
        throw TransformersError.wrongType(
          file: file, tensor: view.name, found: view.dtype.rawValue)
      }
      let tensor = try WeightTensor(view)
      guard tensor.isFinite else {
        throw TransformersError.notFinite(file: file, tensor: view.name)
      }
      tensors[expected.name] = tensor
    }
  }

  /// - Parameter name: what ``ModelDescription/expectedTensors`` calls it.
  func tensor(_ name: String) throws -> WeightTensor {
    guard let tensor = tensors[name] else {
      throw TransformersError.missingTensor(file: path, tensor: name)
    }
    return tensor
  }

  func linear(_ name: String) throws -> LinearLayer {
    let layer = LinearLayer(
      weight: try tensor("\(name).weight"), bias: try tensor("\(name).bias"))
    return precision == .int8 ? layer.quantized : layer
  }

  func norm(_ name: String) throws -> NormLayer {
    NormLayer(weight: try tensor("\(name).weight"), bias: try tensor("\(name).bias"))
  }
}
