import Foundation
import JobStore
import Jobs
import Testing

@testable import Coordinator

/// Every route × every role.
@Suite struct RoleTests {
  /// A path of the route's form that names nothing that exists.
  private func path(_ route: RouteDescription) -> String {
    var path = route.path
    for (name, value) in [
      ("{session}", UUID().uuidString), ("{digest}", "sha256:\(String(repeating: "0", count: 64))"),
      ("{version}", "1"),
    ] { path = path.replacingOccurrences(of: name, with: value) }
    return path.split(separator: "/").map { $0.hasPrefix("{") ? "nothing" : String($0) }
      .reduce("") { $0 + "/" + $1 } + (route.path.hasSuffix("/events") ? "?follow=false" : "")
  }

  @Test(.timeLimit(.minutes(3))) func everyRouteAsksForItsRole() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        var tokens: [Role: String] = [:]
        for role in Role.allCases { tokens[role] = try await coordinator.token(role) }
        let revoked = try await store.createToken(name: "revoked", role: .admin)
        try await store.revokeToken(name: "revoked")
        let routes = coordinator.service.routeDescriptions
        #expect(routes.count >= 28)
        for route in routes {
          let path = path(route)
          let none = try await coordinator.exchange(route.method, path)
          guard let roles = route.roles else {
            #expect(none.status == 200, "\(route.method) \(path)")
            continue
          }
          #expect(route.path.hasPrefix("/v1/"))
          #expect(roles.contains(.admin))
          #expect(none.status == 401, "\(route.method) \(path) without a token")
          let wrong = try await coordinator.exchange(route.method, path, token: "nnlut_wrong")
          #expect(wrong.status == 401, "\(route.method) \(path) with a wrong token")
          let late = try await coordinator.exchange(route.method, path, token: revoked)
          #expect(late.status == 401, "\(route.method) \(path) with a revoked token")
          for (role, token) in tokens {
            let response = try await coordinator.exchange(route.method, path, token: token)
            if roles.contains(role) {
              #expect(
                ![401, 403].contains(response.status) && response.status < 500,
                "\(route.method) \(path) as \(role.rawValue): \(response.status) \(response.text)")
            } else {
              #expect(
                try problem(response, 403).type == "forbidden",
                "\(route.method) \(path) as \(role.rawValue)")
            }
          }
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func aRevokedTokenStopsWorking() async throws {
    var timing = CoordinatorTiming()
    timing.tokenCache = .zero
    let fixed = timing
    try await withStore { store in
      try await withCoordinator(over: store, timing: fixed) { coordinator in
        let secret = try await store.createToken(name: "short-lived", role: .read)
        #expect(try await coordinator.exchange("GET", "/v1/jobs", token: secret).status == 200)
        try await store.revokeToken(name: "short-lived")
        let refused = try await coordinator.exchange("GET", "/v1/jobs", token: secret)
        #expect(try problem(refused, 401).type == "unauthorized")
        #expect(!refused.text.contains(secret))
      }
    }
  }
}
