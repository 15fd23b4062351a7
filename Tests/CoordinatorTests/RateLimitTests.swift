import Foundation
import JobStore
import Jobs
import Testing

@testable import Coordinator

@Suite struct RateLimitTests {
  @Test func aBucketEmptiesAndFills() {
    let limiter = RateLimiter<String>(RateLimit(perSecond: 10, burst: 3))
    let start = ContinuousClock.now
    for _ in 0..<3 { #expect(limiter.take("a", at: start) == nil) }
    let wait = limiter.take("a", at: start) ?? .zero
    #expect(wait > .milliseconds(99) && wait < .milliseconds(101))
    #expect(limiter.take("b", at: start) == nil, "each key has its own")
    #expect(limiter.take("a", at: start + .milliseconds(99)) != nil)
    #expect(limiter.take("a", at: start + .milliseconds(101)) == nil)
    // It never holds more than its burst.
    for _ in 0..<3 { #expect(limiter.take("a", at: start + .seconds(3600)) == nil) }
    #expect(limiter.take("a", at: start + .seconds(3600)) != nil)
  }

  @Test func forgottenKeysAreThoseThatAreFull() {
    let limiter = RateLimiter<Int>(RateLimit(perSecond: 1, burst: 1), capacity: 100)
    let start = ContinuousClock.now
    for key in 0..<99 { #expect(limiter.take(key, at: start) == nil) }
    let later = start + .seconds(10)
    #expect(limiter.take(1000, at: later) == nil)
    for key in 2000..<2050 { #expect(limiter.take(key, at: later) == nil) }
    #expect(limiter.take(1000, at: later) != nil)
  }

  @Test(.timeLimit(.minutes(1))) func aTokenThatAsksTooOftenWaits() async throws {
    var limits = CoordinatorLimits()
    limits.requests = RateLimit(perSecond: 0.01, burst: 3)
    let fixed = limits
    try await withStore { store in
      try await withCoordinator(over: store, limits: fixed) { coordinator in
        let token = try await coordinator.token(.read)
        for _ in 0..<3 {
          #expect(try await coordinator.exchange("GET", "/v1/jobs", token: token).status == 200)
        }
        let reply = try await coordinator.exchange("GET", "/v1/jobs", token: token)
        let problem = try problem(reply, 429)
        #expect(problem.type == "too-many-requests")
        #expect(reply.headers["retry-after"] == problem.retryAfterSeconds.map(String.init))
        #expect((90...100).contains(problem.retryAfterSeconds ?? 0))
        let other = try await coordinator.token(.read)
        #expect(try await coordinator.exchange("GET", "/v1/jobs", token: other).status == 200)
        // Workers have a limit of their own.
        let work = try await coordinator.token(.work)
        for _ in 0..<10 {
          let end = try await coordinator.exchange(
            "DELETE", "/v1/sessions/\(UUID().uuidString)", token: work)
          #expect(end.status == 204)
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func whoGuessesTokensIsSlowedDown() async throws {
    var limits = CoordinatorLimits()
    limits.strangers = RateLimit(perSecond: 0.001, burst: 5)
    let fixed = limits
    try await withStore { store in
      try await withCoordinator(over: store, limits: fixed) { coordinator in
        let token = try await coordinator.token(.read)
        #expect(try await coordinator.exchange("GET", "/v1/jobs", token: token).status == 200)
        for number in 0..<5 {
          _ = try problem(
            try await coordinator.exchange("GET", "/v1/jobs", token: "nnlut_\(number)"), 401)
        }
        _ = try problem(
          try await coordinator.exchange("GET", "/v1/jobs", token: "nnlut_5"), 429)
        #expect(
          try await coordinator.exchange("GET", "/v1/jobs", token: token).status == 200,
          "a token that is known stays good")
      }
    }
  }
}
