import Foundation
import Hummingbird
import JobStore
import Jobs
import Logging

/// `/v1/sessions`: what workers say and ask.
struct WorkerSessionRoutes: Sendable {
  let store: JobStore
  let signals: Signals
  let claims: ClaimQueue
  let heartbeats: Batcher<Heartbeat, HeartbeatReply>
  let completions: Batcher<SessionCompletions, FencedReply>
  let limits: CoordinatorLimits
  let timing: CoordinatorTiming

  var routes: [Route] {
    [
      Route(.post, "/v1/sessions", .role(.work), begin),
      Route(.delete, "/v1/sessions/{session}", .role(.work), end),
      Route(.post, "/v1/sessions/{session}/claim", .role(.work), claim),
      Route(.post, "/v1/sessions/{session}/heartbeat", .role(.work), heartbeat),
      Route(.post, "/v1/sessions/{session}/complete", .role(.work), complete),
      Route(.post, "/v1/sessions/{session}/fail", .role(.work), fail),
      Route(.post, "/v1/sessions/{session}/release", .role(.work), release),
      Route(.post, "/v1/sessions/{session}/crashed", .role(.work), crashed),
    ]
  }

  @Sendable private func begin(_ request: APIRequest) async throws -> Response {
    let body = try await request.decode(SessionRequest.self, upTo: limits.body)
    try check(body)
    try await store.beginSession(body)
    request.logger.info(
      "worker began",
      metadata: [
        "worker": "\(body.worker)", "pool": "\(body.pool)", "slots": "\(body.slots)",
        "session": "\(body.session.uuidString.lowercased())",
      ])
    return try Reply.json(
      SessionReply(
        heartbeatSeconds: timing.heartbeat.inSeconds, leaseSeconds: timing.lease.inSeconds))
  }

  private func check(_ body: SessionRequest) throws {
    guard (1...1000).contains(body.slots) else {
      throw Refusal.invalid("slots: \(body.slots) must be in 1...1000")
    }
    guard !body.kinds.isEmpty else {
      throw Refusal.invalid("kinds: name at least one kind of task and its code version")
    }
    let texts =
      [
        ("worker", body.worker), ("pool", body.pool), ("kernelClass", body.kernelClass),
        ("version", body.version),
      ] + (body.kernels.map { [("kernels", $0)] } ?? [])
    for (name, text) in texts
    where !(1...200).contains(text.utf8.count) || text.unicodeScalars.contains(where: \.isControl) {
      throw Refusal.invalid("\(name) must have 1 to 200 bytes and no control characters")
    }
  }

  @Sendable private func end(_ request: APIRequest) async throws -> Response {
    let session = try request.uuid("session")
    try await store.endSession(session)
    request.logger.info(
      "worker ended", metadata: ["session": "\(session.uuidString.lowercased())"])
    return Reply.empty
  }

  /// Waits until work is ready. A client that has gone gets nothing leased.
  @Sendable private func claim(_ request: APIRequest) async throws -> Response {
    let session = try request.uuid("session")
    let body = try await request.decode(ClaimRequest.self, upTo: limits.body)
    guard (1...100).contains(body.limit) else {
      throw Refusal.invalid("limit: \(body.limit) must be in 1...100")
    }
    let wait = try APIRequest.wait(
      body.waitSeconds, named: "waitSeconds", longest: timing.longestWait)
    let connection = request.connection
    let tasks: [ClaimedTask]
    if wait <= .zero {
      tasks = try await store.claim(session: session, limit: body.limit)
    } else {
      tasks = try await signals.withSubscription(to: [.session(session)], on: connection) {
        try await claims.claim(
          session: session, limit: body.limit, until: ContinuousClock.now + wait, $0)
      }
    }
    if !tasks.isEmpty, connection.isClosed {
      _ = try await store.release(session: session, tasks.map(\.id))
      return try Reply.json(ClaimReply(tasks: []))
    }
    return try Reply.json(ClaimReply(tasks: tasks))
  }

  /// Answers at once on lost work, drain or an expired session; otherwise after the wait.
  @Sendable private func heartbeat(_ request: APIRequest) async throws -> Response {
    let session = try request.uuid("session")
    let body = try await request.decode(HeartbeatRequest.self, upTo: limits.body)
    for running in body.running where !(0...1).contains(running.progress) {
      throw Refusal.invalid("running: progress \(running.progress) must be in 0...1")
    }
    let wait = try APIRequest.wait(
      body.waitSeconds, named: "waitSeconds", longest: timing.longestWait)
    let deadline = ContinuousClock.now + wait
    let reply = try await signals.withSubscription(
      to: [.session(session)], on: request.connection
    ) { subscription in
      var reply = try await heartbeats(Heartbeat(session: session, running: body.running))
      let running = body.running.map(\.id)
      while !reply.hasNews, !subscription.isEnded {
        let left = deadline - .now
        if left <= .zero { break }
        await subscription.wait(atMost: left)
        if subscription.isEnded { break }
        do {
          reply = try await store.news(session: session, running: running)
        } catch let error where error.isPassing {
          // The heartbeat itself has been stored.
          break
        }
      }
      return reply
    }
    return try Reply.json(reply)
  }

  @Sendable private func complete(_ request: APIRequest) async throws -> Response {
    let session = try request.uuid("session")
    let body = try await request.decode(CompleteRequest.self, upTo: limits.completionBody)
    guard body.completions.count <= 100 else {
      throw Refusal.invalid("completions: at most 100 at a time, not \(body.completions.count)")
    }
    return try Reply.json(
      try await completions(SessionCompletions(session: session, completions: body.completions)))
  }

  @Sendable private func fail(_ request: APIRequest) async throws -> Response {
    let session = try request.uuid("session")
    let body = try await request.decode(FailRequest.self, upTo: limits.body)
    return try Reply.json(try await store.fail(session: session, body))
  }

  /// From the process that watched over the worker's.
  @Sendable private func crashed(_ request: APIRequest) async throws -> Response {
    let session = try request.uuid("session")
    let body = try await request.decode(CrashReport.self, upTo: limits.body)
    try await store.crashed(session: session, body)
    request.logger.warning(
      "worker crashed",
      metadata: [
        "session": "\(session.uuidString.lowercased())", "signal": "\(body.signal.prefix(40))",
      ])
    return Reply.empty
  }

  @Sendable private func release(_ request: APIRequest) async throws -> Response {
    let session = try request.uuid("session")
    let body = try await request.decode(ReleaseRequest.self, upTo: limits.body)
    return try Reply.json(try await store.release(session: session, body.released))
  }
}

extension HeartbeatReply {
  fileprivate var hasNews: Bool { drain || expired || !lost.isEmpty }
}

extension Duration {
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { properties.generalCategory == .control }
}
