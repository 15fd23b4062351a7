import Foundation
import Jobs

extension CoordinatorClient {
  /// The workers alive now.
  public func workers() async throws -> [WorkerStatus] { try await list(["workers"]) }

  /// Asks a worker to take no more work and to end when it has none.
  /// - Parameter worker: Its session (a unique prefix will do) or its name.
  public func drain(_ worker: String) async throws {
    _ = try await send(APIRequest("POST", ["workers", worker, "drain"], isRepeatable: true))
  }

  /// How many worker processes the pool should have.
  public func pool(_ pool: String) async throws -> PoolSize {
    try await call(APIRequest("GET", ["pools", pool], isRepeatable: true))
  }

  /// The same as a long poll: answered when the size is no longer `current`, at the latest after
  /// `waitSeconds` (`0...30`).
  public func waitForPool(_ pool: String, current: Int, waitSeconds: Double = 20) async throws
    -> PoolSize
  {
    var request = APIRequest("GET", ["pools", pool], isRepeatable: true)
    request.query = [("current", String(current)), ("waitSeconds", String(waitSeconds))]
    return try await call(request.waiting(seconds: waitSeconds))
  }

  /// - Parameter desired: `0...1000`.
  public func setPool(_ pool: String, desired: Int) async throws -> PoolSize {
    try await call(
      try APIRequest("PUT", ["pools", pool], isRepeatable: true)
        .sending(PoolSize(pool: pool, desired: desired)))
  }
}
