import NIOCore
import Synchronization

/// The client's end of one TCP connection, as far as a long poll must know it.
final class Connection: Sendable {
  private struct State {
    var isClosed = false
    var subscriptions: [ObjectIdentifier: Subscription] = [:]
  }

  private let state = Mutex(State())

  /// Whether the client has gone.
  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Ends `subscription` when the client goes, at once if it has gone.
  func attach(_ subscription: Subscription) {
    let isClosed = state.withLock { state in
      if !state.isClosed { state.subscriptions[ObjectIdentifier(subscription)] = subscription }
      return state.isClosed
    }
    if isClosed { subscription.end() }
  }

  func detach(_ subscription: Subscription) {
    state.withLock { _ = $0.subscriptions.removeValue(forKey: ObjectIdentifier(subscription)) }
  }

  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.subscriptions = [:] }
      return Array(state.subscriptions.values)
    }
    for subscription in waiting { subscription.end() }
  }
}

/// The connections that have made a long poll.
final class Connections: Sendable {
  private let open = Mutex<[ObjectIdentifier: Connection]>([:])

  /// How many are known now.
  var count: Int { open.withLock { $0.count } }

  /// The connection that `source` came over.
  func connection(of source: RequestSource) -> Connection {
    let channel = source.channel
    let key = ObjectIdentifier(channel)
    let (connection, isNew) = open.withLock { open in
      if let known = open[key] { return (known, false) }
      let connection = Connection()
      open[key] = connection
      return (connection, true)
    }
    if isNew {
      channel.closeFuture.whenComplete { _ in
        self.open.withLock { _ = $0.removeValue(forKey: key) }
        connection.close()
      }
    }
    return connection
  }
}

/// Closes a connection when the client closes its side, however long a request runs on it. Without
/// this handler a client that went away is noticed only when the reply cannot be written.
final class FullCloseHandler: ChannelInboundHandler, RemovableChannelHandler {
  /// It reads nothing and passes everything on.
  typealias InboundIn = Never

  func handlerAdded(context: ChannelHandlerContext) {
    try? context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
  }
}
