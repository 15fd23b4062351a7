import JobStore

/// Where a coordinator listens, what it accepts and how long things take.
public struct CoordinatorConfiguration: Sendable {
  /// The address to listen on; loopback unless said otherwise.
  public var host: String
  /// `0...65535`; 0 takes any free port, which `CoordinatorService.run(onListening:)` reports.
  public var port: Int
  public var limits: CoordinatorLimits
  public var timing: CoordinatorTiming
  public var retention: RetentionPolicy

  public init(
    host: String = "127.0.0.1", port: Int = 8080, limits: CoordinatorLimits = CoordinatorLimits(),
    timing: CoordinatorTiming = CoordinatorTiming(),
    retention: RetentionPolicy = RetentionPolicy()
  ) {
    self.host = host
    self.port = port
    self.limits = limits
    self.timing = timing
    self.retention = retention
  }
}

/// How much one request may bring. All sizes in bytes.
public struct CoordinatorLimits: Sendable {
  /// A JSON or YAML body.
  public var body = 1 << 20
  /// A batch of completions: 100 inline results of 64 KiB in base64 fit.
  public var completionBody = 12 << 20
  /// One blob.
  public var blob = 256 << 20
  /// All header fields of a request together.
  public var headers = 32 << 10
  /// Entries of one page of a listing.
  public var pageItems = 500
  /// Connections at a time; one more is told 503 and closed.
  public var connections = 10_000
  /// Requests of one token, other than those of workers.
  public var requests = RateLimit(perSecond: 200, burst: 1000)
  /// Requests of one token on the routes of workers, of which hundreds may share a token.
  public var workerRequests = RateLimit(perSecond: 20_000, burst: 40_000)
  /// Requests without a good token from one address.
  public var strangers = RateLimit(perSecond: 50, burst: 500)

  public init() {}
}

/// Every interval of a coordinator.
public struct CoordinatorTiming: Sendable {
  /// How long a heartbeat of a worker without work stays open when there is nothing to say: half a
  /// lease. A worker that gets work begins another one at once.
  public var heartbeat: Duration = .seconds(15)
  /// A session silent for this long loses its leases.
  public var lease: Duration = .seconds(30)
  /// The longest a long poll may be asked to wait.
  public var longestWait: Duration = .seconds(30)
  /// A long poll looks into the store this often, jittered, beside the notifications.
  public var poll: ClosedRange<Duration> = .seconds(1)...(.seconds(2))
  /// The pause between two rounds of housekeeping, jittered.
  public var housekeeping: ClosedRange<Duration> = .milliseconds(1500)...(.milliseconds(2500))
  /// The pause between two rounds of pruning.
  public var prune: Duration = .seconds(600)
  /// A coordinator that leads the housekeeping and falls silent is replaced after this.
  public var leadership: Duration = .seconds(15)
  /// An event stream without events sends a comment this often.
  public var keepAlive: Duration = .seconds(15)
  /// A token that was good is not looked up again for this long.
  public var tokenCache: Duration = .seconds(5)
  /// After `beginShutdown()`, replies that take longer than this are cut off.
  public var grace: Duration = .seconds(20)
  /// A request's header fields must have come by then.
  public var head: Duration = .seconds(20)
  /// A request's body may come slowly for this long,
  public var bodyGrace: Duration = .seconds(20)
  /// then at this many bytes per second on average.
  public var bodyBytesPerSecond = 1024
  /// A connection without a request is closed after this.
  public var idleConnection: Duration = .seconds(75)

  public init() {}
}

extension ClosedRange<Duration> {
  /// A time in the range, so that many pollers do not march in step.
  func jittered() -> Duration {
    let span = upperBound - lowerBound
    return lowerBound + span * Double.random(in: 0...1)
  }
}
