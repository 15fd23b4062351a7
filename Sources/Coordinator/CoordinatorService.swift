import Foundation
import Hummingbird
import JobStore
import Jobs
import Logging
import ServiceLifecycle

/// The coordinator: the HTTP API over the job store, and its housekeeping. It keeps no state of its
/// own, so any number of them may run over one database, and any may end at any moment.
public final class CoordinatorService: Service {
  private let configuration: CoordinatorConfiguration
  private let store: JobStore
  private let logger: Logger
  private let signals = Signals()
  private let claims: ClaimQueue
  private let metrics = RequestMetrics()
  private let routes: RouteTable
  private let connections = Connections()
  private let shutdown: AsyncStream<Void>
  private let shutdownContinuation: AsyncStream<Void>.Continuation

  /// - Parameter store: Open, its schema migrated; the caller closes it after `run` has ended.
  public init(configuration: CoordinatorConfiguration, store: JobStore, logger: Logger) {
    self.configuration = configuration
    self.store = store
    self.logger = logger
    (shutdown, shutdownContinuation) = AsyncStream.makeStream()
    let limits = configuration.limits
    let timing = configuration.timing
    claims = ClaimQueue(store: store, poll: timing.poll)
    // Nobody waits for a heartbeat's writing: it may gather a while.
    let heartbeats = Batcher<Heartbeat, HeartbeatReply>(
      limit: 500, parallel: 1, pause: min(.milliseconds(250), timing.heartbeat / 8)
    ) { try await store.heartbeats($0) }
    // Somebody waits for these: what comes while a commit is under way shares the next.
    let completions = Batcher<SessionCompletions, FencedReply>(
      limit: 32, parallel: 2, pause: .zero
    ) { try await store.complete($0) }
    let all =
      JobRoutes(store: store, limits: limits).routes
      + EventStream(store: store, signals: signals, timing: timing).routes
      + WorkerSessionRoutes(
        store: store, signals: signals, claims: claims, heartbeats: heartbeats,
        completions: completions, limits: limits, timing: timing
      ).routes
      + BlobRoutes(store: store, limits: limits).routes
      + WorkerRoutes(store: store, limits: limits).routes
      + PoolRoutes(store: store, signals: signals, limits: limits, timing: timing).routes
      + ArtifactRoutes(store: store, limits: limits).routes
      + TokenRoutes(store: store, limits: limits).routes
      + HealthRoutes(store: store, metrics: metrics).routes
    routes = RouteTable(all + DescriptionRoutes.routes(describing: all))
  }

  /// Every route and who may use it.
  public var routeDescriptions: [RouteDescription] { routes.descriptions }

  public func run() async throws { try await run { _ in } }

  /// Serves until `beginShutdown()`, a graceful shutdown of the surrounding service group, or
  /// cancellation. A database that goes away does not end it.
  ///
  /// - Parameter onListening: Called once with the bound port, when requests are accepted.
  /// - Throws: When the address cannot be bound.
  public func run(onListening: @escaping @Sendable (Int) async -> Void) async throws {
    var services = ServiceGroupConfiguration(
      services: [
        NotificationFan(store: store, signals: signals, claims: claims, logger: logger),
        Housekeeping(
          store: store, metrics: metrics, timing: configuration.timing,
          retention: configuration.retention, logger: logger),
        application(onListening: onListening),
      ], logger: logger)
    // A slow download must not keep a coordinator that was asked to end.
    services.maximumGracefulShutdownDuration = configuration.timing.grace
    let group = ServiceGroup(configuration: services)
    try await withGracefulShutdownHandler {
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        tasks.addTask {
          for await _ in self.shutdown { await group.triggerGracefulShutdown() }
        }
        try await tasks.next()
        tasks.cancelAll()
      }
    } onGracefulShutdown: {
      self.signals.end()
    }
  }

  /// Ends long polls and event streams now, takes no more connections and lets `run` return when
  /// the last reply is written. May be called from anywhere, more than once.
  public func beginShutdown() {
    signals.end()
    shutdownContinuation.yield()
  }

  private func application(onListening: @escaping @Sendable (Int) async -> Void)
    -> Application<APIResponder>
  {
    let limits = configuration.limits
    let timing = configuration.timing
    let pace = RequestReceipt.Pace(
      head: timing.head, grace: timing.bodyGrace, bytesPerSecond: timing.bodyBytesPerSecond)
    let count = ConnectionCount(limit: limits.connections)
    return Application(
      responder: APIResponder(
        routes: routes,
        authenticator: Authenticator(
          store: store, lifetime: timing.tokenCache, strangers: limits.strangers),
        limiters: RequestLimiters(limits), connections: connections, metrics: metrics),
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [
            FullCloseHandler(), RequestGuard(pace: pace, count: count),
          ],
          idleTimeout: .seconds(timing.idleConnection.components.seconds),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: limits.headers, maxHeaderListSize: limits.headers,
            maxHeaderFieldCount: 100))),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port), serverName: "nnlut",
        // Some beyond the limit are let in, to be told so.
        availableConnectionsDelegate: .maximum(
          limits.connections + max(16, limits.connections / 10), logger: logger)),
      onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
      logger: logger)
  }
}
