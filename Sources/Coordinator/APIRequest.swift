import Artifacts
import Foundation
import Hummingbird
import JobStore
import Jobs
import Logging

/// What a route's handler sees: an authenticated request whose path has been taken apart.
struct APIRequest: Sendable {
  let request: Request
  let source: RequestSource
  let parameters: [String: String]
  /// Nil on routes that need no token.
  let identity: TokenIdentity?
  let connections: Connections
  let logger: Logger

  /// A part of the path in braces; there by the route's definition.
  func parameter(_ name: String) throws -> String {
    guard let value = parameters[name] else {
      throw Refusal.invalid("the path has no \(name)")
    }
    return value
  }

  func uuid(_ name: String) throws -> UUID {
    let text = try parameter(name)
    guard let id = UUID(uuidString: text) else {
      throw Refusal.invalid("'\(text.prefix(80))' in the path is no UUID (\(name))")
    }
    return id
  }

  func digest(_ name: String) throws -> ContentDigest {
    let text = try parameter(name)
    guard let digest = ContentDigest(text) else {
      throw Refusal.invalid(
        "'\(text.prefix(80))' in the path is no digest: write sha256: and 64 hex digits")
    }
    return digest
  }

  /// A query parameter; nil when it is absent or empty.
  func query(_ name: String) -> String? {
    guard let value = request.uri.queryParameters[name[...]], !value.isEmpty else { return nil }
    return String(value)
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = query(name) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw Refusal.invalid(
        "?\(name)=\(text.prefix(40)) must be a whole number in "
          + "\(range.lowerBound)...\(range.upperBound)")
    }
    return value
  }

  func flag(_ name: String, default: Bool) throws -> Bool {
    switch query(name) {
    case nil: `default`
    case "true", "1", "yes": true
    case "false", "0", "no": false
    case let text?:
      throw Refusal.invalid("?\(name)=\(text.prefix(40)) must be true or false")
    }
  }

  func seconds(_ name: String, longest: Duration) throws -> Duration? {
    guard let text = query(name) else { return nil }
    guard let value = Double(text) else {
      throw Refusal.invalid("?\(name)=\(text.prefix(40)) must be a number of seconds")
    }
    return try Self.wait(value, named: "?\(name)", longest: longest)
  }

  /// A long poll's `waitSeconds`, checked.
  static func wait(_ seconds: Double, named name: String, longest: Duration) throws -> Duration {
    // Compared as numbers: a Duration of 1e300 seconds traps.
    guard seconds >= 0, seconds <= longest.inSeconds else {
      throw Refusal.invalid("\(name) must be in 0...\(longest.components.seconds)")
    }
    return .seconds(seconds)
  }

  /// The connection it came over, for long polls.
  var connection: Connection { connections.connection(of: source) }
}

extension CoordinatorLimits {
  /// `?limit=`, or a full page.
  func pageLimit(_ request: APIRequest) throws -> Int {
    try request.integer("limit", in: 1...pageItems) ?? pageItems
  }
}
