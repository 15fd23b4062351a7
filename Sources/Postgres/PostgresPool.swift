import Foundation
import Logging
import Synchronization

/// Connections to one server, made when needed, at most ``maximumConnections`` at a time; who waits
/// is served in order, within the patience. While the server is away, callers wait for it as long.
public final class PostgresPool: Sendable {
  public let configuration: PostgresConfiguration
  public let maximumConnections: Int
  private let patience: Duration
  private let logger: Logger
  private let state = Mutex(State())

  private struct State {
    var idle: [PostgresConnection] = []
    var count = 0
    var waiters: [Waiter] = []
    var nextWaiter = 0
    var isShutDown = false
    var drained: [CheckedContinuation<Void, Never>] = []
  }

  private struct Waiter {
    var id: Int
    var continuation: CheckedContinuation<PostgresConnection?, any Error>
  }

  /// How often a transaction is done again before its error is passed on.
  private static let transactionTries = 10

  /// - Parameters:
  ///   - maximumConnections: `1...1000`; smaller and larger numbers are brought into this range.
  ///   - patience: How long a caller waits for a server that is away.
  public init(
    configuration: PostgresConfiguration, maximumConnections: Int,
    patience: Duration = .seconds(30),
    logger: Logger
  ) {
    self.configuration = configuration
    self.maximumConnections = min(max(maximumConnections, 1), 1000)
    self.patience = patience
    self.logger = logger
  }

  /// Connections at a glance.
  public struct Usage: Hashable, Sendable {
    /// Lent out, or being made.
    public var inUse: Int
    public var idle: Int
    /// Callers without a connection.
    public var waiting: Int
  }

  public var usage: Usage {
    state.withLock { state in
      Usage(
        inUse: state.count - state.idle.count, idle: state.idle.count, waiting: state.waiters.count)
    }
  }

  /// Lends `body` a connection.
  /// - Throws: What `body` throws, or ``PostgresError`` when there is no connection to be had.
  public func withConnection<Result>(
    _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    let connection = try await acquire()
    defer { giveBack(connection) }
    return try await body(connection)
  }

  /// Runs one statement; does it again when the connection was lost under it, so it must be one
  /// that may run twice.
  /// - Throws: ``PostgresError``.
  public func query(_ sql: String, _ parameters: [PostgresValue] = []) async throws
    -> [PostgresRow]
  {
    try await repeating { connection in try await connection.query(sql, parameters) }
  }

  /// Runs `body` in a READ COMMITTED transaction. Does it again after a deadlock or a serialization
  /// failure, and when the connection was lost before the commit was sent: `body` may run several
  /// times.
  /// - Throws: What `body` throws, or ``PostgresError``. When the connection was lost during the
  ///   commit nobody knows whether it took effect.
  public func transaction<Result>(
    _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    try await repeating { connection in try await connection.transaction(body) }
  }

  /// Closes idle connections, refuses new use, waits until lent ones are back.
  public func shutdown() async {
    let (idle, waiters) = state.withLock { state in
      defer {
        state.count -= state.idle.count
        state.idle = []
        state.waiters = []
      }
      state.isShutDown = true
      return (state.idle, state.waiters)
    }
    for connection in idle { connection.close() }
    for waiter in waiters { waiter.continuation.resume(throwing: Self.shutDownError) }
    await withCheckedContinuation { continuation in
      let isDrained = state.withLock { state in
        if state.count == 0 { return true }
        state.drained.append(continuation)
        return false
      }
      if isDrained { continuation.resume() }
    }
  }

  private func repeating<Result>(
    _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    let deadline = ContinuousClock.now + patience
    var tries = 0
    while true {
      tries += 1
      do {
        return try await withConnection(body)
      } catch let error as PostgresError where isWorthRepeating(error) {
        guard tries < Self.transactionTries, ContinuousClock.now < deadline else { throw error }
        logger.debug("transaction repeated", metadata: ["reason": "\(error.message)"])
        try await Task.sleep(for: .milliseconds(Int.random(in: 1...(4 << min(tries, 6)))))
      }
    }
  }

  private func isWorthRepeating(_ error: PostgresError) -> Bool {
    error.isSerializationFailure || (error.isUnavailable && error.statement != "COMMIT")
  }

  private static let shutDownError = PostgresError(message: "the connection pool is shut down")
}

extension PostgresPool {
  private enum Acquisition {
    case idle(PostgresConnection)
    case connect
    case shutDown
  }

  private func acquire() async throws -> PostgresConnection {
    while true {
      try Task.checkCancellation()
      let acquisition: Acquisition? = state.withLock { state in
        if state.isShutDown { return .shutDown }
        if let connection = state.idle.popLast() { return .idle(connection) }
        guard state.count < maximumConnections else { return nil }
        state.count += 1
        return .connect
      }
      switch acquisition {
      case .shutDown: throw Self.shutDownError
      case .idle(let connection):
        if !connection.hasUnexpectedInput { return connection }
        discard(connection)
      case .connect: return try await connect()
      case nil:
        if let connection = try await waitForTurn() { return connection }
        return try await connect()
      }
    }
  }

  /// Waits for a connection that comes back; nil: make one in its place.
  private func waitForTurn() async throws -> PostgresConnection? {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    let patience = patience
    let timeout = Task { [weak self, maximumConnections] in
      try await Task.sleep(for: patience)
      self?.takeWaiter(id)?.continuation.resume(
        throwing: PostgresError(
          sqlState: PostgresError.exhausted,
          message: "all \(maximumConnections) connections have been in use for \(patience)",
          hint: "raise database.connections (NNLUT_DATABASE_CONNECTIONS)"))
    }
    defer { timeout.cancel() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enum Turn {
          case wait, connect, refused
          case take(PostgresConnection)
        }
        let turn: Turn = state.withLock { state in
          if state.isShutDown || Task.isCancelled { return .refused }
          if let connection = state.idle.popLast() { return .take(connection) }
          if state.count < maximumConnections {
            state.count += 1
            return .connect
          }
          state.waiters.append(Waiter(id: id, continuation: continuation))
          return .wait
        }
        switch turn {
        case .wait: break
        case .connect: continuation.resume(returning: nil)
        case .take(let connection): continuation.resume(returning: connection)
        case .refused:
          continuation.resume(
            throwing: Task.isCancelled ? CancellationError() : Self.shutDownError)
        }
      }
    } onCancel: {
      takeWaiter(id)?.continuation.resume(throwing: CancellationError())
    }
  }

  /// The waiter, unless it was served already; whoever takes it resumes it.
  private func takeWaiter(_ id: Int) -> Waiter? {
    state.withLock { state in
      state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
    }
  }

  /// Connects in a place already counted, with backoff while the server is away.
  private func connect() async throws -> PostgresConnection {
    let deadline = ContinuousClock.now + patience
    var pause = 20.0
    do {
      while true {
        do {
          return try await PostgresConnection.connect(configuration)
        } catch let error as PostgresError where error.isUnavailable {
          guard ContinuousClock.now < deadline, !state.withLock({ $0.isShutDown }) else {
            throw error
          }
          logger.warning("database not reachable", metadata: ["reason": "\(error.message)"])
          try await Task.sleep(for: .milliseconds(pause * Double.random(in: 0.5...1)))
          pause = min(pause * 2, 1000)
        }
      }
    } catch {
      freePlace()
      throw error
    }
  }

  private func giveBack(_ connection: PostgresConnection) {
    if connection.isLost {
      discard(connection)
      return
    }
    let (waiter, isUnwanted) = state.withLock { state -> (Waiter?, Bool) in
      if state.isShutDown { return (nil, true) }
      if !state.waiters.isEmpty { return (state.waiters.removeFirst(), false) }
      state.idle.append(connection)
      return (nil, false)
    }
    if isUnwanted { discard(connection) }
    waiter?.continuation.resume(returning: connection)
  }

  private func discard(_ connection: PostgresConnection) {
    connection.close()
    freePlace()
  }

  /// A place is free: the first who waits may make a connection in it.
  private func freePlace() {
    let (waiter, drained) = state.withLock {
      state -> (Waiter?, [CheckedContinuation<Void, Never>]) in
      if !state.waiters.isEmpty { return (state.waiters.removeFirst(), []) }
      state.count -= 1
      guard state.isShutDown, state.count == 0 else { return (nil, []) }
      defer { state.drained = [] }
      return (nil, state.drained)
    }
    waiter?.continuation.resume(returning: nil)
    for continuation in drained { continuation.resume() }
  }
}
