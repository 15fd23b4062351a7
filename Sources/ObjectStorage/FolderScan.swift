import Foundation

/// Finds a folder's regular files.
enum FolderScan {
  struct File: Sendable {
    /// Relative to the folder.
    var path: String
    /// The real place, symbolic links resolved.
    var location: String
  }

  struct TooManyFiles: Error {}

  /// Every regular file below `folder`, links to files included, links to folders not followed.
  /// - Throws: `POSIXError`, `TooManyFiles`.
  static func files(in folder: String, limit: Int) throws -> [File] {
    var found: [File] = []
    var folders = [""]
    while let prefix = folders.popLast() {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/" + prefix)
      for name in names.sorted() {
        let path = prefix + name
        let full = folder + "/" + path
        var status = stat()
        guard lstat(full, &status) == 0 else { throw POSIXError.current }
        let isLink = status.st_mode & S_IFMT == S_IFLNK
        guard !isLink || stat(full, &status) == 0 else { throw POSIXError.current }
        switch status.st_mode & S_IFMT {
        case S_IFDIR where !isLink: folders.append(path + "/")
        case S_IFREG: found.append(File(path: path, location: try RealPath.of(full)))
        default: break
        }
        guard found.count + folders.count <= limit else { throw TooManyFiles() }
      }
    }
    return found
  }
}

enum RealPath {
  /// The absolute path without symbolic links.
  /// - Throws: `POSIXError` when there is nothing.
  static func of(_ path: String) throws -> String {
    guard let resolved = realpath(path, nil) else { throw POSIXError.current }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
