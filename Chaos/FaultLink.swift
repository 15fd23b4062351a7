import Foundation
import Synchronization

/// A TCP proxy on loopback for one link, which can be cut, stalled in each direction, slowed down,
/// and told to lose replies or to send requests twice.
final class FaultLink: Sendable {
  struct Directions: OptionSet, Sendable, CustomStringConvertible {
    let rawValue: Int
    static let toServer = Directions(rawValue: 1)
    static let toClient = Directions(rawValue: 2)
    static let both: Directions = [.toServer, .toClient]

    var description: String {
      self == .both ? "both ways" : self == .toServer ? "to the server" : "from the server"
    }
  }

  enum Upstream: Sendable {
    /// On loopback; which of them takes a connection is left to chance.
    case ports([Int])
    case unixSocket(String)
  }

  private struct State: Sendable {
    var upstream: Upstream
    var stalled: Directions = []
    var isCut = false
    var isClosed = false
    var delay: Duration = .zero
    var repliesToLose = 0
    var requestsToRepeat = 0
    var connections: [Int: FaultConnection] = [:]
    var lastID = 0
    var repliesLost = 0
    var requestsRepeated = 0
  }

  /// Where it listens, on 127.0.0.1.
  let port: Int
  private let listener: Int32
  private let state: Mutex<State>

  /// - Throws: ``ChaosError`` when it cannot listen.
  init(to upstream: Upstream) throws {
    (listener, port) = try Sockets.listen()
    state = Mutex(State(upstream: upstream))
    start("link.\(port)") { [self] in acceptAll() }
  }

  func setUpstream(_ upstream: Upstream) { state.withLock { $0.upstream = upstream } }

  func stall(_ directions: Directions) { state.withLock { $0.stalled = directions } }
  func setDelay(_ delay: Duration) { state.withLock { $0.delay = delay } }
  func loseReplies(_ count: Int) { state.withLock { $0.repliesToLose += count } }
  func repeatRequests(_ count: Int) { state.withLock { $0.requestsToRepeat += count } }
  /// How often replies were really lost and requests really repeated.
  var counts: (lost: Int, repeated: Int) {
    state.withLock { ($0.repliesLost, $0.requestsRepeated) }
  }

  /// Resets every connection; new ones are refused until ``heal()``.
  func cut() {
    let open = state.withLock { state in
      state.isCut = true
      return Array(state.connections.values)
    }
    for connection in open { connection.reset() }
  }

  /// Everything passes again; what was held arrives.
  func heal() {
    state.withLock { state in
      state.stalled = []
      state.isCut = false
      state.delay = .zero
    }
  }

  func healEverything() {
    heal()
    state.withLock { state in
      state.repliesToLose = 0
      state.requestsToRepeat = 0
    }
  }

  func close() {
    state.withLock { $0.isClosed = true }
    cut()
    // Wakes the accepting thread, which closes the socket.
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func acceptAll() {
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else {
        if errno == EINTR || errno == ECONNABORTED { continue }
        if state.withLock({ $0.isClosed }) { break }
        usleep(10_000)
        continue
      }
      let (isCut, upstream, isClosed) = state.withLock { ($0.isCut, $0.upstream, $0.isClosed) }
      if isClosed {
        Foundation.close(client)
        break
      }
      guard !isCut, let server = Sockets.connect(upstream) else {
        Sockets.reset(client)
        continue
      }
      open(client, server)
    }
    Foundation.close(listener)
  }

  private func open(_ client: Int32, _ server: Int32) {
    for socket in [client, server] { Sockets.noDelay(socket) }
    let (id, connection) = state.withLock { state in
      state.lastID += 1
      let connection = FaultConnection(client: client, server: server)
      state.connections[state.lastID] = connection
      return (state.lastID, connection)
    }
    for direction in [Directions.toServer, .toClient] {
      start("link.\(port).\(id)") { [self] in
        connection.pump(direction, through: self)
        if connection.finish() { state.withLock { $0.connections[id] = nil } }
      }
    }
  }

  private func start(_ name: String, _ work: @escaping @Sendable () -> Void) {
    let thread = Thread(block: work)
    thread.name = name
    thread.stackSize = 256 << 10
    thread.start()
  }

  // MARK: - What connections ask

  /// Returns when bytes may pass; false when the connection is to end.
  func mayPass(_ direction: Directions) -> Bool {
    let delay = state.withLock { $0.delay }
    if delay > .zero { Thread.sleep(forTimeInterval: delay.seconds) }
    while true {
      let (isStalled, isCut) = state.withLock { ($0.stalled.contains(direction), $0.isCut) }
      if isCut { return false }
      if !isStalled { return true }
      usleep(5000)
    }
  }

  /// Whether the reply to `request` is to be lost.
  func losesReply(to request: HTTPTap.Request?) -> Bool {
    guard let request, request.changesSomething else { return false }
    return state.withLock { state in
      guard state.repliesToLose > 0 else { return false }
      state.repliesToLose -= 1
      state.repliesLost += 1
      return true
    }
  }

  /// Sends `request` once more, later, on a connection of its own, when that is wanted.
  func sent(_ request: HTTPTap.Request) {
    guard request.changesSomething, let bytes = request.bytes else { return }
    let isWanted = state.withLock { state in
      guard state.requestsToRepeat > 0 else { return false }
      state.requestsToRepeat -= 1
      state.requestsRepeated += 1
      return true
    }
    guard isWanted else { return }
    start("link.\(port).again") { [self] in
      usleep(UInt32.random(in: 0...2_000_000))
      guard let server = Sockets.connect(state.withLock { $0.upstream }) else { return }
      Sockets.setTimeout(server, seconds: 2)
      if Sockets.write(server, bytes) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = read(server, &buffer, buffer.count)
      }
      Foundation.close(server)
    }
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
