import Foundation

/// New folders under the system's temporary folder.
public enum TemporaryDirectory {
  /// An empty folder that other users may enter (PostgreSQL runs as one) but not write.
  /// - Throws: When it cannot be made.
  public static func make() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "nnlut-test-\(UUID().uuidString.lowercased())", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    return folder
  }

  /// Lends `body` a folder and removes it afterwards.
  public static func with<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = try make()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
  }
}
