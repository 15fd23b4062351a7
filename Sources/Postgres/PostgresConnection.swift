import Foundation
import Synchronization

/// One connection, on a thread of its own. Statements given to it run one after the other.
public final class PostgresConnection: Sendable {
  /// The session, reachable on ``thread`` only.
  private struct Confined: @unchecked Sendable {
    // Safe: every use is inside `thread.run` or `thread.end`.
    let session: LibpqSession
  }

  private let thread: SerialThread
  private let confined: Confined
  private let cancelHandle: CancelHandle
  private let socket: Int32
  private let lost = Mutex(false)

  private init(
    thread: SerialThread, confined: Confined, cancelHandle: CancelHandle, socket: Int32
  ) {
    self.thread = thread
    self.confined = confined
    self.cancelHandle = cancelHandle
    self.socket = socket
  }

  /// - Throws: ``PostgresError`` when there is no server or it lets us not in.
  public static func connect(_ configuration: PostgresConfiguration) async throws
    -> PostgresConnection
  {
    let thread = SerialThread(name: "postgres")
    do {
      return try await thread.run {
        let session = try LibpqSession(configuration)
        return PostgresConnection(
          thread: thread, confined: Confined(session: session),
          cancelHandle: session.cancelHandle(), socket: session.socket)
      }
    } catch {
      thread.end {}
      throw error
    }
  }

  /// Runs one statement, prepared once for each text; `$1` … stand for the parameters.
  ///
  /// When the surrounding task is cancelled the server is asked to stop the statement.
  /// - Throws: ``PostgresError``, or `CancellationError` when it was interrupted.
  @discardableResult
  public func query(_ sql: String, _ parameters: [PostgresValue] = []) async throws
    -> [PostgresRow]
  {
    try await perform { try $0.query(sql, parameters) }
  }

  /// Runs statements without parameters, separated by semicolons, as one transaction unless they
  /// say otherwise.
  /// - Throws: ``PostgresError``, or `CancellationError` when it was interrupted.
  public func execute(_ script: String) async throws {
    try await perform { try $0.execute(script) }
  }

  /// Runs `body` in a READ COMMITTED transaction: committed when it returns, undone when it throws.
  /// What `body` does itself, and not on an actor of its own, it does on the connection's thread.
  /// - Throws: What `body` throws, or ``PostgresError``.
  public func transaction<Result>(
    _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    try await withTaskExecutorPreference(thread) { try await runTransaction(body) }
  }

  private func runTransaction<Result>(
    _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    try await execute("BEGIN ISOLATION LEVEL READ COMMITTED")
    let result: Result
    do {
      result = try await body(self)
    } catch {
      await rollback()
      throw error
    }
    do {
      try await execute("COMMIT")
    } catch {
      await rollback()
      throw error
    }
    return result
  }

  /// Closes the connection; what is running ends first.
  public func close() {
    thread.end { [confined, cancelHandle] in
      cancelHandle.free()
      confined.session.close()
    }
  }

  /// Whether the connection is known to be of no more use.
  var isLost: Bool { lost.withLock { $0 } }

  /// Whether an idle connection has heard something: nothing good, so its server has probably gone.
  var hasUnexpectedInput: Bool {
    var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, 0) != 0
  }

  /// Undoes what a cancelled or failed task left open, even when the current task is cancelled.
  private func rollback() async {
    let isClean = try? await thread.run { [confined] in
      if confined.session.isInTransaction { try confined.session.execute("ROLLBACK") }
      return true
    }
    if isClean == nil { lost.withLock { $0 = true } }
  }

  private func perform<Result: Sendable>(
    _ work: @escaping @Sendable (LibpqSession) throws -> Result
  ) async throws -> Result {
    try Task.checkCancellation()
    let interruption = Interruption(cancelHandle)
    do {
      return try await withTaskCancellationHandler {
        try await thread.run { [confined] in
          guard interruption.begin() else { throw CancellationError() }
          defer { interruption.end() }
          return try work(confined.session)
        }
      } onCancel: {
        interruption.cancel()
      }
    } catch let error as PostgresError {
      // Connecting anew finds the server that takes writes now.
      if error.isConnectionLost || error.sqlState == PostgresError.readOnly {
        lost.withLock { $0 = true }
      }
      if error.sqlState == "57014", Task.isCancelled { throw CancellationError() }
      throw error
    }
  }
}
