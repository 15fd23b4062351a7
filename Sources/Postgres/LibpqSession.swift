import CLibpq
import Foundation

/// libpq's connection with the statements prepared on it. Blocks; lives on one thread.
final class LibpqSession {
  private let connection: OpaquePointer
  private var prepared: [String: String] = [:]
  /// More statements than this are forgotten and prepared anew.
  private static let preparedLimit = 500

  /// Connects, waiting at most the configuration's `connect_timeout` for each host.
  /// - Throws: ``PostgresError``.
  init(_ configuration: PostgresConfiguration) throws {
    let pairs = configuration.keywords.sorted { $0.key < $1.key }
    connection = try Self.withCStrings(pairs.map(\.key)) { keys in
      try Self.withCStrings(pairs.map(\.value)) { values in
        guard let connection = PQconnectdbParams(keys, values, 0) else {
          throw PostgresError(message: "out of memory", isConnectionLost: true)
        }
        return connection
      }
    }
    guard PQstatus(connection) == CONNECTION_OK else {
      let message = Self.clean(PQerrorMessage(connection))
      PQfinish(connection)
      throw PostgresError(
        message: "no connection to \(configuration): \(message)", isConnectionLost: true)
    }
    PQsetNoticeProcessor(connection, { _, _ in }, nil)
    do {
      // Statements here are short and many: compiling one took 80 ms of a claim's 90 when the
      // tables were large enough for the planner to think it worth while.
      try execute("SET timezone = 'UTC'; SET client_min_messages = warning; SET jit = off")
    } catch {
      PQfinish(connection)
      throw error
    }
  }

  func close() { PQfinish(connection) }

  var socket: Int32 { PQsocket(connection) }

  var isBroken: Bool { PQstatus(connection) != CONNECTION_OK }

  var isInTransaction: Bool { PQtransactionStatus(connection) != PQTRANS_IDLE }

  /// What another thread needs to interrupt a statement.
  func cancelHandle() -> CancelHandle { CancelHandle(pointer: PQgetCancel(connection)) }

  /// Runs statements without parameters, separated by semicolons.
  func execute(_ script: String) throws {
    let result = PQexec(connection, script)
    defer { PQclear(result) }
    try check(result, script)
  }

  /// Runs one statement; prepares it the first time.
  func query(_ sql: String, _ parameters: [PostgresValue]) throws -> [PostgresRow] {
    let name = try prepare(sql)
    let wire = parameters.map(\.wire)
    // libpq takes text up to its first NUL and would silently lose the rest.
    for case let value? in wire where !value.isBinary && value.bytes.contains(0) {
      throw PostgresError(
        sqlState: "22021", message: "a text holds the character U+0000", statement: sql)
    }
    let lengths = wire.map { Int32($0?.bytes.count ?? 0) }
    let formats = wire.map { Int32($0?.isBinary == true ? 1 : 0) }
    // Text needs its terminating zero; binary values go by their length.
    var storage: [UInt8] = []
    storage.reserveCapacity(wire.reduce(0) { $0 + ($1?.bytes.count ?? 0) + 1 })
    var offsets: [Int?] = []
    for value in wire {
      offsets.append(value.map { _ in storage.count })
      if let value { storage += value.bytes }
      storage.append(0)
    }
    let result = storage.withUnsafeBytes { bytes in
      let values = offsets.map { offset in
        offset.flatMap { bytes.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
      }
      return PQexecPrepared(
        connection, name, Int32(parameters.count), values, lengths, formats, 0)
    }
    let answer = PostgresResult(result, statement: sql)
    try check(result, sql)
    return answer.rows
  }

  private func prepare(_ sql: String) throws -> String {
    if let name = prepared[sql] { return name }
    if prepared.count >= Self.preparedLimit {
      try execute("DEALLOCATE ALL")
      prepared = [:]
    }
    let name = "s\(prepared.count)"
    let result = PQprepare(connection, name, sql, 0, nil)
    defer { PQclear(result) }
    try check(result, sql)
    prepared[sql] = name
    return name
  }

  private func check(_ result: OpaquePointer?, _ sql: String) throws {
    let status = PQresultStatus(result)
    if status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK { return }
    func field(_ code: Character) -> String? {
      code.asciiValue.flatMap { PQresultErrorField(result, Int32($0)) }.map { String(cString: $0) }
    }
    throw PostgresError(
      sqlState: field("C"), message: field("M") ?? Self.clean(PQerrorMessage(connection)),
      detail: field("D"), hint: field("H"), statement: sql, constraint: field("n"),
      isConnectionLost: isBroken)
  }

  /// The notifications that have arrived; waits for none.
  func notifications() throws -> [(channel: String, payload: String)] {
    guard PQconsumeInput(connection) == 1 else {
      throw PostgresError(message: Self.clean(PQerrorMessage(connection)), isConnectionLost: true)
    }
    var found: [(String, String)] = []
    while let notification = PQnotifies(connection) {
      found.append(
        (
          String(cString: notification.pointee.relname), String(cString: notification.pointee.extra)
        ))
      PQfreemem(notification)
    }
    return found
  }

  private static func clean(_ message: UnsafePointer<CChar>?) -> String {
    guard let message else { return "unknown error" }
    return String(cString: message).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafePointer<CChar>?]) throws -> Result
  ) rethrows -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return try body(copies.map { UnsafePointer($0) } + [nil])
  }
}

/// libpq's cancel object: made on the connection's thread, used on any.
struct CancelHandle: @unchecked Sendable {
  // Safe: PQcancel may be called from any thread and only reads the object.
  let pointer: OpaquePointer?

  /// Asks the server to interrupt what the connection is doing; blocks while it asks.
  func cancel() {
    guard let pointer else { return }
    var message = [CChar](repeating: 0, count: 256)
    _ = PQcancel(pointer, &message, Int32(message.count))
  }

  func free() { PQfreeCancel(pointer) }
}
