import Foundation
import Jobs

/// What a worker says.
extension CoordinatorClient {
  public func beginSession(_ request: SessionRequest) async throws -> SessionReply {
    try await call(try APIRequest("POST", ["sessions"], isRepeatable: true).sending(request))
  }

  /// Ends it; what it still holds is released.
  public func endSession(_ session: UUID) async throws {
    _ = try await send(APIRequest("DELETE", ["sessions", name(session)], isRepeatable: true))
  }

  /// Says what a worker process was seen to die of; what it held comes back at once.
  public func crashed(_ session: UUID, _ report: CrashReport) async throws {
    _ = try await send(try post(session, "crashed", isRepeatable: true).sending(report))
  }

  /// A long poll for work. Sent once: a lost reply's tasks come back by themselves.
  public func claim(_ session: UUID, _ request: ClaimRequest) async throws -> ClaimReply {
    try await call(
      try post(session, "claim", isRepeatable: false).sending(request)
        .waiting(seconds: request.waitSeconds))
  }

  /// A long poll that keeps the leases. Sent once: the next beat is its retry.
  public func heartbeat(_ session: UUID, _ request: HeartbeatRequest) async throws
    -> HeartbeatReply
  {
    try await call(
      try post(session, "heartbeat", isRepeatable: false).sending(request)
        // So that after a connection that was silently cut there is time for another beat before
        // the lease ends, at least while something runs.
        .waiting(seconds: request.waitSeconds, slack: 8))
  }

  public func complete(_ session: UUID, _ request: CompleteRequest) async throws -> FencedReply {
    try await call(try post(session, "complete", isRepeatable: true).sending(request))
  }

  public func fail(_ session: UUID, _ request: FailRequest) async throws -> FencedReply {
    try await call(try post(session, "fail", isRepeatable: true).sending(request))
  }

  public func release(_ session: UUID, _ request: ReleaseRequest) async throws -> FencedReply {
    try await call(try post(session, "release", isRepeatable: true).sending(request))
  }

  private func post(_ session: UUID, _ verb: String, isRepeatable: Bool) -> APIRequest {
    APIRequest("POST", ["sessions", name(session), verb], isRepeatable: isRepeatable)
  }

  private func name(_ session: UUID) -> String { session.uuidString.lowercased() }
}
