import Foundation

/// A safetensors file, mapped into memory and fully validated.
public struct SafetensorsFile: Sendable {
  /// Names in ascending order (by Unicode scalars).
  public let tensorNames: [String]
  /// The header's `__metadata__`.
  public var metadata: [String: String] { header.metadata ?? [:] }
  /// Path the file was opened under.
  public let path: String

  private let mapped: MappedFile
  private let header: SafetensorsHeader

  /// Maps the file and checks that its header is well-formed and that its tensors fill the data
  /// exactly. No tensor's values are read.
  ///
  /// - Throws: ``SafetensorsError`` that names the file and the tensor.
  public init(contentsOf url: URL) throws {
    path = url.path
    mapped = try MappedFile(path: url.path)
    header = try SafetensorsHeader(mapped.bytes, file: url.path)
    tensorNames = header.entries.keys.sorted()
  }

  /// - Throws: ``SafetensorsError`` when the file holds no such tensor.
  public func tensor(_ name: String) throws -> TensorView {
    guard let entry = header.entries[name] else {
      throw SafetensorsError(
        file: path, tensor: name, problem: "is missing; the file has \(tensorNames.count) others")
    }
    return TensorView(
      name: name, dtype: entry.dtype, shape: entry.shape, file: mapped, range: entry.range,
      path: path)
  }
}
