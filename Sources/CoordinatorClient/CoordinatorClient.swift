import Artifacts
import Foundation
import Jobs

/// A coordinator's `/v1` API from the other side: one method a route, over libcurl on a thread of
/// its own. Cancelling the calling Swift task ends the request.
///
/// All methods throw `CoordinatorClientError`, or `CancellationError` when cancelled. Requests that
/// may be repeated without harm are tried again by `retries`; others are sent once.
public final class CoordinatorClient: Sendable {
  public let endpoint: URL
  let retries: RetryPolicy
  private let base: String
  private let authorization: String
  private let transport: HTTPTransport

  /// - Parameters:
  ///   - endpoint: `http://HOST:PORT` or `https://HOST`, a path prefix allowed.
  ///   - token: The bearer token; sent to `endpoint` only and never shown.
  ///   - retries: For requests that may be repeated.
  ///   - certificateAuthority: A PEM file of authorities to trust instead of the system's.
  ///   - connectTimeoutSeconds: In `0.001...`.
  public init(
    endpoint: URL, token: String, retries: RetryPolicy = .brief,
    certificateAuthority: URL? = nil, connectTimeoutSeconds: Double = 10
  ) {
    self.endpoint = endpoint
    self.retries = retries
    var text = endpoint.absoluteString
    while text.hasSuffix("/") { text.removeLast() }
    base = text
    // A line break would end the header and begin another.
    authorization = "Bearer " + String(token.unicodeScalars.filter { $0.value > 32 })
    transport = HTTPTransport(
      settings: TransportSettings(
        certificateAuthority: certificateAuthority,
        connectTimeoutSeconds: max(0.001, connectTimeoutSeconds),
        ignoresProxy: Self.isLoopback(endpoint.host() ?? "")))
  }

  /// Whether the process answers at all (`/healthz`).
  public func health() async throws {
    _ = try await send(APIRequest("GET", ["healthz"], version: nil, isRepeatable: true))
  }

  /// Whether it can do its work, its database reachable (`/readyz`).
  public func readiness() async throws {
    _ = try await send(APIRequest("GET", ["readyz"], version: nil, isRepeatable: true))
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
  }

  // MARK: - Sending

  func call<Reply: Decodable>(_ request: APIRequest, as type: Reply.Type = Reply.self) async throws
    -> Reply
  {
    try decode(type, from: try await send(request).body)
  }

  func decode<Reply: Decodable>(_ type: Reply.Type, from body: Data) throws -> Reply {
    do {
      return try WireFormat.decoder().decode(type, from: body)
    } catch {
      throw CoordinatorClientError.invalidReply(endpoint: base, reason: Self.shortened("\(error)"))
    }
  }

  /// Every page of a listing, up to `limit` items.
  func list<Item: Codable & Sendable>(
    _ path: [String], limit: Int = .max, of type: Item.Type = Item.self
  ) async throws -> [Item] {
    var items: [Item] = []
    var after: String?
    repeat {
      var request = APIRequest("GET", path, isRepeatable: true)
      if let after { request.query.append(("after", after)) }
      if limit != .max { request.query.append(("limit", String(min(limit - items.count, 200)))) }
      let page = try await call(request, as: Page<Item>.self)
      items += page.items
      // A page that leads nowhere ends the listing, whatever it says.
      after = page.items.isEmpty || page.next == after ? nil : page.next
    } while after != nil && items.count < limit
    return Array(items.prefix(limit))
  }

  /// - Returns: A 2xx reply.
  func send(_ request: APIRequest) async throws -> HTTPReply {
    var tries = 0
    while true {
      tries += 1
      var delay = retries.delay(after: tries)
      do {
        return try await sendOnce(request)
      } catch let error as CoordinatorClientError {
        // What was refused for its rate has not been done.
        guard error.isTransient, request.isRepeatable || error.isRateLimited,
          tries < retries.maximumTries
        else { throw error }
        delay = max(delay, error.retryAfter)
      }
      try await Task.sleep(for: delay)
    }
  }

  private func sendOnce(_ request: APIRequest) async throws -> HTTPReply {
    // An empty component would make the path another route's.
    guard !request.path.contains("") else {
      throw CoordinatorClientError.problem(
        Problem(
          type: "empty-name", title: "Bad Request", status: 400,
          detail: "a job, worker, artifact or alias has an empty name; write its name or id"))
    }
    let reply: HTTPReply
    do {
      reply = try await transport.send(
        request.httpRequest(base: base, authorization: authorization))
    } catch let error as TransportError {
      switch error {
      case .failed(let reason):
        throw CoordinatorClientError.unreachable(
          endpoint: base, reason: reason + "; check the address, and that a coordinator runs there")
      case .tooLarge(let maximumBytes):
        throw CoordinatorClientError.invalidReply(
          endpoint: base, reason: "the reply is longer than \(maximumBytes) bytes")
      case .localFile(let path, let reason):
        throw CoordinatorClientError.localFile(path: path, reason: reason)
      }
    }
    guard !(200..<300).contains(reply.status) else { return reply }
    throw failure(of: reply)
  }

  private func failure(of reply: HTTPReply) -> CoordinatorClientError {
    if var problem = try? WireFormat.decoder().decode(Problem.self, from: reply.body) {
      problem.retryAfterSeconds =
        problem.retryAfterSeconds ?? reply.headers["retry-after"].flatMap(Int.init)
      return .problem(problem)
    }
    if [502, 503, 504].contains(reply.status) {
      return .unreachable(
        endpoint: base, reason: "something in front of it answers \(reply.status)")
    }
    if let place = reply.headers["location"] {
      return .invalidReply(
        endpoint: base, reason: "it redirects to \(Self.shortened(place)); use that address")
    }
    return .invalidReply(endpoint: base, reason: "status \(reply.status) without an explanation")
  }

  private static func shortened(_ text: String) -> String {
    text.count <= 300 ? text : text.prefix(300) + "…"
  }
}
