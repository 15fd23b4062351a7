import Artifacts
import Foundation

// `file:` sources are used where they are. What a symbolic link leads to counts, so that a link
// cannot lead out of the allowed folders.
extension SourceCache {
  func resolveLocal(
    _ path: String, source: String, content: SourceContent, progress: (Double) throws -> Void
  ) throws -> ResolvedSource {
    let place = try locate(path, source: source)
    do {
      let digest: ContentDigest
      switch content {
      case .file:
        guard store.isFolder(URL(fileURLWithPath: place)) == false else {
          throw SourceError(
            source: source, problem: "it is a folder, and one file is wanted",
            remedy: "name a .txt or .jsonl file in it")
        }
        digest = try digests.digest(of: place) { try progress(0) }.digest
      case .model, .dataset:
        guard store.isFolder(URL(fileURLWithPath: place)) == true else {
          throw SourceError(
            source: source, problem: "it is a file, and a folder is wanted",
            remedy: "name the folder that holds it")
        }
        let files = try files(of: place, source: source, content: content)
        digest = try listing(of: files) { try progress(0) }.digest
      }
      return ResolvedSource(source: source, digest: digest, location: URL(fileURLWithPath: place))
    } catch let error as POSIXError {
      throw SourceError(
        source: source, problem: "it cannot be read: \(error.text)",
        remedy: "check its permissions for the worker's user", isRetryable: error.code == .EIO)
    } catch is FolderScan.TooManyFiles {
      throw SourceError(
        source: source, problem: "the folder holds more than \(policy.maximumFiles) files",
        remedy: "name the folder that holds the data alone")
    }
  }

  /// The real path, which lies in an allowed folder.
  private func locate(_ path: String, source: String) throws -> String {
    let folders = policy.allowedFolders.compactMap { try? RealPath.of($0.path) }
    guard !folders.isEmpty else {
      throw SourceError(
        source: source, problem: "this worker may read no local files",
        remedy: "start it with --allow-folder FOLDER")
    }
    let candidates = path.hasPrefix("/") ? [path] : (folders + ["."]).map { $0 + "/" + path }
    guard let place = candidates.lazy.compactMap({ try? RealPath.of($0) }).first else {
      throw SourceError(
        source: source, problem: "there is nothing at this path on the worker's machine",
        remedy: path.hasPrefix("/")
          ? "check the path; workers on other machines need the folder mounted at the same place"
          : "check the path; it is looked for in \(folders.joined(separator: ", "))")
    }
    try requireAllowed(place, source: source)
    return place
  }

  private func requireAllowed(_ place: String, source: String) throws {
    let folders = policy.allowedFolders.compactMap { try? RealPath.of($0.path) }
    let isAllowed = folders.contains {
      place == $0 || place.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/")
    }
    guard isAllowed else {
      throw SourceError(
        source: source,
        problem: "it lies outside the folders that this worker may read"
          + " (\(folders.joined(separator: ", ")))",
        remedy: "move it there or start the worker with --allow-folder FOLDER")
    }
  }

  private func files(of folder: String, source: String, content: SourceContent) throws
    -> [FolderScan.File]
  {
    let files: [FolderScan.File]
    if content == .model {
      files = try modelFiles(of: folder, source: source)
    } else {
      files = try FolderScan.files(in: folder, limit: policy.maximumFiles)
      guard !files.isEmpty else {
        throw SourceError(
          source: source, problem: "the folder is empty", remedy: "put the data there")
      }
    }
    for file in files { try requireAllowed(file.location, source: "\(source) (\(file.path))") }
    return files
  }

  private func modelFiles(of folder: String, source: String) throws -> [FolderScan.File] {
    var wanted = ModelFiles(source: source)
    var found: [String: String] = [:]
    func read(_ path: String) throws -> Data {
      let location = found[path] ?? folder + "/" + path
      try requireAllowed(location, source: "\(source) (\(path))")
      return try ModelFiles.read(URL(fileURLWithPath: location), name: path, source: source)
    }
    while true {
      let names = try wanted.next(present: Set(found.keys), read: read)
      if names.isEmpty { break }
      for name in names {
        guard let location = try? RealPath.of(folder + "/" + name) else { continue }
        found[name] = location
      }
    }
    try wanted.requireWhole(present: Set(found.keys), read: read) {
      (try? RealPath.of(folder + "/" + ModelFiles.pickle)) != nil
    }
    return found.sorted { $0.key < $1.key }.map { .init(path: $0.key, location: $0.value) }
  }
}
