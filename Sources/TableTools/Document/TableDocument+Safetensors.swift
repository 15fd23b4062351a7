import Artifacts
import Foundation

extension TableDocument {
  /// The table alone as an artifact's `tables.safetensors`, under its function's name.
  ///
  /// - Throws: ``SettingError`` for a sampled function, which the file has no name for.
  public func safetensors() throws -> Data {
    guard case .nonlinear(let function) = request.function else {
      throw SettingError(
        flag: "output", problem: "safetensors keeps no function given as samples; write json")
    }
    return try TablesFile(
      tables: [function.rawValue: .init(function: function, table: table)]
    ).encoded()
  }
}
