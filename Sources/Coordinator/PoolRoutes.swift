import Hummingbird
import JobStore
import Jobs
import Logging

/// `/v1/pools`: how many workers a supervisor should keep.
struct PoolRoutes: Sendable {
  let store: JobStore
  let signals: Signals
  let limits: CoordinatorLimits
  let timing: CoordinatorTiming

  var routes: [Route] {
    [
      Route(.get, "/v1/pools/{pool}", .role(.read), size),
      Route(.put, "/v1/pools/{pool}", .role(.admin), setSize),
    ]
  }

  /// With `?current=N&waitSeconds=S`: waits until the desired size is not N.
  @Sendable private func size(_ request: APIRequest) async throws -> Response {
    let pool = try request.parameter("pool")
    let current = try request.integer("current", in: 0...1000)
    let wait = try request.seconds("waitSeconds", longest: timing.longestWait) ?? .zero
    let deadline = ContinuousClock.now + wait
    let size = try await signals.withSubscription(to: [.pool(pool)], on: request.connection) {
      subscription in
      while true {
        let size = try await store.pool(pool)
        let left = deadline - .now
        let isNews = size != nil && size?.desired != current
        if isNews || subscription.isEnded || left <= .zero { return size }
        await subscription.wait(atMost: min(left, timing.poll.jittered()))
      }
    }
    guard let size else {
      throw Refusal(
        .notFound, "unknown-pool",
        "no size is set for pool '\(pool.prefix(80))': `nnlut workers scale N --pool` sets it")
    }
    return try Reply.json(size)
  }

  @Sendable private func setSize(_ request: APIRequest) async throws -> Response {
    let pool = try request.parameter("pool")
    let body = try await request.decode(PoolSize.self, upTo: limits.body)
    guard body.pool == pool else {
      throw Refusal.invalid("pool: '\(body.pool.prefix(80))' is not the pool in the path")
    }
    guard (0...1000).contains(body.desired) else {
      throw Refusal.invalid("desired: \(body.desired) must be in 0...1000")
    }
    let size = try await store.setPool(body)
    try await store.recordChange(
      "pool-resized", of: "\(pool) \(size.desired)", by: request.identity?.name ?? "")
    request.logger.info(
      "pool resized", metadata: ["pool": "\(pool)", "desired": "\(size.desired)"])
    return try Reply.json(size)
  }
}
