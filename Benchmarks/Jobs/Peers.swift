import Foundation
import JobStore
import Postgres

/// Another program that drains a queue on the same server.
struct Peers {
  let cluster: EmbeddedCluster
  let python: String

  /// pgbench claims and completes batches with the store's statements (``BareLoop``), and does
  /// nothing else with what they say.
  /// - Returns: Tasks per second.
  func bareLoop(_ database: StoreDatabase, count: Int, clients: Int, batch: Int) async throws
    -> Double
  {
    let session = UUID()
    try await BareLoop.beginSession(session, in: database.store)
    let script = FileManager.default.temporaryDirectory.appending(
      path: "nnlut-bench-\(getpid()).sql")
    defer { try? FileManager.default.removeItem(at: script) }
    try BareLoop.script(batch: batch).write(to: script, atomically: true, encoding: .utf8)
    let slots = Array(repeating: session.uuidString.lowercased(), count: batch)
    let text = try await run(
      "PGOPTIONS=-c jit=off",
      [
        "pgbench", "-n", "-M", "prepared", "-c", "\(clients)", "-j", "\(clients)", "-t",
        "\(count / batch / clients)", "-f", script.path, "-D",
        "slots={\(slots.joined(separator: ","))}", "-D", "descent=-32768", "-D",
        "start=-Infinity", "-D", "computation=0", "-h", cluster.socketDirectory.path, "-U",
        EmbeddedCluster.name, database.name,
      ])
    let rows = try await database.pool.query(
      "SELECT count(*) AS done FROM computations WHERE session = $1 AND state = 'succeeded'",
      [.uuid(session)])
    try await database.store.endSession(session)
    let done: Int = try rows.first?.decode("done") ?? 0
    guard done == count / batch / clients * batch * clients else {
      throw BenchmarkError(description: "pgbench did \(done) tasks of \(count)")
    }
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
      let rate = line.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) })
    else { throw BenchmarkError(description: "pgbench said: \(text)") }
    return rate * Double(batch)
  }

  /// PgQueuer's drain; jobs per second.
  func pgQueuer(database: String, count: Int, managers: Int, batch: Int) async throws -> Double {
    let text = try await run(
      python,
      [
        "Benchmarks/Jobs/pgqueuer_peer.py", cluster.socketDirectory.path, database,
        EmbeddedCluster.name, "\(count)", "\(managers)", "\(batch)",
      ])
    guard let rate = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw BenchmarkError(description: "pgqueuer_peer.py said: \(text)")
    }
    return rate
  }

  /// The socket is peer-authenticated: started by root, the program runs as the server's user.
  /// - Parameter program: Or a variable of its environment, and then the program as the first argument.
  private func run(_ program: String, _ arguments: [String]) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkError(description: "\(program) ended with \(process.terminationStatus)")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
