import Foundation

extension EmbeddedCluster {
  /// Makes the data directory with role and database unless it is there, and the socket's folder.
  /// - Throws: ``EmbeddedClusterError``.
  public func prepare() async throws {
    let blocking = SerialThread(name: "postgres.prepare")
    defer { blocking.end {} }
    try await blocking.run { try prepareBlocking() }
  }

  private var isInitialised: Bool {
    FileManager.default.fileExists(atPath: dataDirectory.appending(path: "PG_VERSION").path)
  }

  private func prepareBlocking() throws {
    try makePrivateFolder(socketDirectory)
    if !isInitialised { try initialise() }
    let found = try? String(
      contentsOf: dataDirectory.appending(path: "PG_VERSION"), encoding: .utf8)
    let major = found?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    let installed = try run([binaries.appending(path: "postgres").path, "--version"])
    guard installed.contains(" \(major).") else {
      throw EmbeddedClusterError(
        problem: "\(dataDirectory.path) is of PostgreSQL \(major), installed is \(installed)",
        remedy: "apt-get install postgresql-\(major) and set NNLUT_POSTGRES_BIN to its bin folder")
    }
    try configure()
  }

  /// Into a folder beside the final one, which it becomes when all is done: a crash leaves no half
  /// cluster in place.
  private func initialise() throws {
    let parent = dataDirectory.deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    let draft = parent.appending(path: dataDirectory.lastPathComponent + ".new")
    if FileManager.default.fileExists(atPath: draft.path) {
      try FileManager.default.removeItem(at: draft)
    }
    try makePrivateFolder(draft)
    try checkReachable(draft)
    _ = try run(
      asServerUser([
        binaries.appending(path: "initdb").path, "--pgdata", draft.path, "--username", Self.name,
        "--encoding", "UTF8", "--locale", "C.UTF-8", "--auth", "peer", "--no-instructions",
      ]))
    _ = try run(
      asServerUser([
        binaries.appending(path: "postgres").path, "--single", "-D", draft.path, "-j", "postgres",
      ]), input: "CREATE DATABASE \(Self.name)\n\n")
    guard rename(draft.path, dataDirectory.path) == 0 else {
      throw EmbeddedClusterError(
        problem: "\(dataDirectory.path) cannot be made (\(String(cString: strerror(errno))))",
        remedy: "remove what is in its place")
    }
  }

  private func configure() throws {
    let accounts = Set(
      [OperatingSystemUser.current?.name, "postgres", "root", serverUser?.name].compactMap { $0 })
    let map = accounts.sorted().map { "\(Self.name) \($0) \(Self.name)\n" }.joined()
    try write("pg_ident.conf", "# Written by nnlut.\n" + map)
    try write("pg_hba.conf", "# Written by nnlut.\nlocal all all peer map=\(Self.name)\n")
  }

  private func write(_ name: String, _ text: String) throws {
    let path = dataDirectory.appending(path: name).path
    try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    chmod(path, 0o600)
    if let serverUser { chown(path, serverUser.id, serverUser.group) }
  }

  /// - Throws: When the folder is there but another's, or open to others.
  private func makePrivateFolder(_ folder: URL) throws {
    let owner = serverUser?.id ?? geteuid()
    if mkdir(folder.path, 0o700) == 0 {
      if let serverUser { chown(folder.path, serverUser.id, serverUser.group) }
      return
    }
    let problem = String(cString: strerror(errno))
    var facts = stat()
    guard lstat(folder.path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR,
      facts.st_uid == owner, facts.st_mode & 0o077 == 0
    else {
      throw EmbeddedClusterError(
        problem: "\(folder.path) cannot be made or is not a private folder of ours (\(problem))",
        remedy: "remove it, or see who made it")
    }
  }

  private func checkReachable(_ folder: URL) throws {
    guard serverUser != nil else { return }
    do {
      _ = try run(asServerUser(["test", "-w", folder.path]))
    } catch {
      throw EmbeddedClusterError(
        problem: "the user 'postgres' cannot reach \(folder.path)",
        remedy: "choose a folder that it can enter, such as /var/lib/nnlut (NNLUT_STATE_DIR), or "
          + "make the folders above it executable for all")
    }
  }

  /// Runs a program to its end.
  /// - Returns: What it wrote to its standard output.
  private func run(_ arguments: [String], input: String = "") throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: "/")
    let (standardInput, output) = (Pipe(), Pipe())
    process.standardInput = standardInput
    process.standardOutput = output
    process.standardError = output
    try process.run()
    try? standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try? standardInput.fileHandleForWriting.close()
    let bytes = (try? output.fileHandleForReading.readToEnd()) ?? nil
    process.waitUntilExit()
    let text = String(decoding: bytes ?? Data(), as: UTF8.self)
    guard process.terminationStatus == 0 else {
      throw EmbeddedClusterError(
        problem: "\(arguments.joined(separator: " ")) failed", remedy: String(text.suffix(2000)))
    }
    return text
  }
}
