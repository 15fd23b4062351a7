import Foundation
import Hummingbird
import Jobs

/// One operation of the API: everything about it that is not its code is data here.
struct Route: Sendable {
  typealias Handler = @Sendable (APIRequest) async throws -> Response

  var method: HTTPRequest.Method
  /// `/v1/jobs/{job}/tasks`: a part in braces matches one path component.
  var path: String
  var access: Access
  var handler: Handler
  /// What is said of it, and what its requests are held against; a test asks that it is there.
  var operation: Operation?

  init(
    _ method: HTTPRequest.Method, _ path: String, _ access: Access, _ handler: @escaping Handler
  ) {
    self.method = method
    self.path = path
    self.access = access
    self.handler = handler
    operation = Operation.all["\(method.rawValue) \(path)"]
  }
}

/// A route as others may know it: what documentation and tests walk through.
public struct RouteDescription: Hashable, Sendable {
  public var method: String
  public var path: String
  /// The roles of the tokens that may use it; nil when no token is needed.
  public var roles: Set<Role>?
}

/// All routes, found by path and method.
struct RouteTable: Sendable {
  enum Match {
    case found(Route, parameters: [String: String])
    /// The path exists, with these other methods.
    case otherMethods([String])
    case none
  }

  fileprivate struct Entry: Sendable {
    var components: [Component]
    var route: Route
  }

  fileprivate enum Component: Hashable, Sendable {
    case literal(String)
    case parameter(String)
  }

  let routes: [Route]
  private let byLength: [Int: [Entry]]

  init(_ routes: [Route]) {
    self.routes = routes
    byLength = Dictionary(
      grouping: routes.map { route in
        Entry(
          components: route.path.split(separator: "/").map { part in
            part.hasPrefix("{")
              ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
          }, route: route)
      }, by: \.components.count)
  }

  var descriptions: [RouteDescription] {
    routes.map {
      RouteDescription(method: $0.method.rawValue, path: $0.path, roles: $0.access.roles)
    }
  }

  /// - Parameter path: As it came, percent-encoded, without the query.
  func match(method: HTTPRequest.Method, path: String) -> Match {
    let parts = path.utf8.split(separator: UInt8(ascii: "/")).map(Substring.init)
    var others: [String] = []
    for entry in byLength[parts.count] ?? [] {
      guard let parameters = entry.match(parts) else { continue }
      if entry.route.method == method { return .found(entry.route, parameters: parameters) }
      others.append(entry.route.method.rawValue)
    }
    return others.isEmpty ? .none : .otherMethods(others)
  }
}

extension RouteTable.Entry {
  func match(_ parts: [Substring]) -> [String: String]? {
    var parameters: [String: String] = [:]
    for (component, part) in zip(components, parts) {
      switch component {
      case .literal(let text): if text != part { return nil }
      case .parameter(let name):
        let isPlain = !part.utf8.contains(UInt8(ascii: "%"))
        guard let value = isPlain ? String(part) : part.removingPercentEncoding,
          !value.utf8.contains(0)
        else { return nil }
        parameters[name] = value
      }
    }
    return parameters
  }
}
