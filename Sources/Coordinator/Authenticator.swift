import Artifacts
import Foundation
import Hummingbird
import JobStore
import Jobs
import Synchronization

/// Turns a bearer token into who it belongs to. The store compares in constant time; a token that
/// was good is remembered, by its digest, for a few seconds.
final class Authenticator: Sendable {
  private struct Entry {
    var identity: TokenIdentity
    var until: ContinuousClock.Instant
  }

  private let store: JobStore
  private let lifetime: Duration
  private let cache = Mutex<[ContentDigest: Entry]>([:])
  private static let capacity = 1024
  /// Guesses are looked up in the database: nobody may make many.
  private let strangers: RateLimiter<String>

  init(store: JobStore, lifetime: Duration, strangers: RateLimit) {
    self.store = store
    self.lifetime = lifetime
    self.strangers = RateLimiter(strangers)
  }

  /// - Parameter address: Where the request came from.
  /// - Throws: `Refusal` 401, 403, or 429 for an address without a good token that asks too often.
  func authenticate(_ request: Request, for roles: Set<Role>, from address: String) async throws
    -> TokenIdentity
  {
    let identity: TokenIdentity
    do {
      identity = try await identify(Self.token(in: request), from: address)
    } catch let refusal as Refusal where refusal.problem.status == 401 {
      if let wait = strangers.take(address) { throw Refusal.tooMany(wait) }
      throw refusal
    }
    guard roles.contains(identity.role) else {
      let names = roles.map(\.rawValue).sorted().joined(separator: ", ")
      throw Refusal(
        .forbidden, "forbidden",
        "the token '\(identity.name)' has the role \(identity.role.rawValue); this needs one of "
          + names)
    }
    return identity
  }

  private func identify(_ secret: String, from address: String) async throws -> TokenIdentity {
    let key = ContentDigest(of: Data(secret.utf8))
    let now = ContinuousClock.now
    if let entry = cache.withLock({ $0[key] }), entry.until > now { return entry.identity }
    if let wait = strangers.isEmpty(address) { throw Refusal.tooMany(wait) }
    guard let identity = try await store.authenticate(secret) else {
      cache.withLock { _ = $0.removeValue(forKey: key) }
      throw Refusal.unauthenticated("the token is unknown or was revoked: check NNLUT_TOKEN")
    }
    cache.withLock { cache in
      if cache.count >= Self.capacity { cache = cache.filter { $0.value.until > now } }
      if cache.count >= Self.capacity { cache = [:] }
      cache[key] = Entry(identity: identity, until: now + lifetime)
    }
    return identity
  }

  private static func token(in request: Request) throws -> String {
    guard let header = request.headers[.authorization] else {
      throw Refusal.unauthenticated("send a token: Authorization: Bearer …")
    }
    let parts = header.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].utf8.count <= 512 else {
      throw Refusal.unauthenticated("the Authorization field must be: Bearer, a space, the token")
    }
    return String(parts[1])
  }
}
