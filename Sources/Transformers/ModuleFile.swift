import Foundation

/// A small JSON file of a model directory.
struct ModuleFile {
  static let byteLimit = 1 << 20

  let path: String
  let bytes: Data

  /// Nil when the directory has no such file.
  init?(_ directory: URL, _ name: String) throws {
    let url = directory.appending(path: name)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    try self.init(required: url)
  }

  /// - Throws: ``TransformersError/unreadable(file:reason:)``
  init(required url: URL) throws {
    path = url.path
    do {
      let size = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
      guard size <= Self.byteLimit else {
        throw TransformersError.unreadable(
          file: path, reason: "\(size) bytes; at most \(Self.byteLimit) are read")
      }
      bytes = try Data(contentsOf: url)
    } catch let error as TransformersError {
      throw error
    } catch {
      throw TransformersError.unreadable(
        file: path, reason: "cannot be read; a model directory needs this file")
    }
  }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: bytes)
    } catch DecodingError.keyNotFound(let key, _) {
      throw unreadable("key \"\(key.stringValue)\" is missing")
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context)
    {
      let place = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw unreadable("key \"\(place)\": \(context.debugDescription)")
    } catch {
      throw unreadable("is not valid JSON; fetch it again")
    }
  }

  func unsupported(_ key: String, found: String, supported: String) -> TransformersError {
    .unsupported(file: path, key: key, found: found, supported: supported)
  }

  private func unreadable(_ reason: String) -> TransformersError {
    .unreadable(file: path, reason: reason)
  }
}
