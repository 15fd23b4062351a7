import CoordinatorClient
import Foundation
import JobStore
import Jobs
import Logging
import Testing

@testable import Coordinator

/// A coordinator on a free loopback port, over a store.
struct RunningCoordinator: Sendable {
  let service: CoordinatorService
  let store: JobStore
  let port: Int

  func client(_ token: String, retries: RetryPolicy = .never) throws -> CoordinatorClient {
    CoordinatorClient(
      endpoint: try #require(URL(string: "http://127.0.0.1:\(port)")), token: token,
      retries: retries)
  }

  func exchange(
    _ method: String, _ path: String, token: String? = nil, headers: [String: String] = [:],
    body: Data = Data()
  ) async throws -> RawResponse {
    try await CoordinatorTests.exchange(
      port: port, method, path, token: token, headers: headers, body: body)
  }

  /// Sends `message` as JSON.
  func exchange(_ method: String, _ path: String, token: String?, json message: some Encodable)
    async throws -> RawResponse
  {
    try await exchange(method, path, token: token, body: try WireFormat.encoder().encode(message))
  }

  /// A token with `role`, made for this.
  func token(_ role: Role) async throws -> String {
    try await store.createToken(name: "\(role.rawValue)-\(UUID().uuidString)", role: role)
  }
}

/// Runs `body` against a coordinator and shuts it down gracefully.
func withCoordinator<Result: Sendable>(
  over store: JobStore, limits: CoordinatorLimits = CoordinatorLimits(),
  timing: CoordinatorTiming = CoordinatorTiming(),
  _ body: @escaping @Sendable (RunningCoordinator) async throws -> Result
) async throws -> Result {
  var logger = Logger(label: "coordinator tests")
  logger.logLevel = .critical
  let service = CoordinatorService(
    configuration: CoordinatorConfiguration(port: 0, limits: limits, timing: timing),
    store: store, logger: logger)
  let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { continuation.finish() }
      try await service.run { continuation.yield($0) }
    }
    guard let port = await ports.first(where: { _ in true }) else {
      try await group.waitForAll()
      throw RawError(description: "the coordinator ended before it listened")
    }
    do {
      let result = try await body(
        RunningCoordinator(service: service, store: store, port: port))
      service.beginShutdown()
      try await group.waitForAll()
      return result
    } catch {
      service.beginShutdown()
      try await group.waitForAll()
      throw error
    }
  }
}

/// Checks that `response` is a problem document of `status`, and returns it.
func problem(_ response: RawResponse, _ status: Int) throws -> Problem {
  #expect(response.status == status, "\(response.text)")
  #expect(response.headers["content-type"] == "application/problem+json")
  #expect(response.headers["x-request-id"]?.isEmpty == false)
  let problem = try WireFormat.decoder().decode(Problem.self, from: response.body)
  #expect(problem.status == status)
  #expect(!problem.detail.isEmpty)
  #expect(!problem.title.isEmpty)
  return problem
}

extension RawResponse {
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try WireFormat.decoder().decode(type, from: body)
  }
}
