import Hummingbird
import JobStore
import Jobs
import Logging

/// From a request to its reply: find the route, check the token, run the handler, turn every error
/// into a problem document, count and log.
struct APIResponder: HTTPResponder {
  typealias Context = RequestSource

  let routes: RouteTable
  let authenticator: Authenticator
  let connections: Connections
  let metrics: RequestMetrics

  func respond(to request: Request, context: RequestSource) async throws -> Response {
    let start = ContinuousClock.now
    var template = "unknown"
    var response: Response
    do {
      let (route, parameters) = try find(request)
      template = route.path
      // What tells about this process works to the end.
      if let problem = metrics.schemaProblem, route.access.roles != nil {
        throw JobStoreError.schema(problem)
      }
      var identity: TokenIdentity?
      if let roles = route.access.roles {
        identity = try await authenticator.authenticate(request, for: roles)
      }
      response = try await route.handler(
        APIRequest(
          request: request, source: context, parameters: parameters, identity: identity,
          connections: connections, logger: context.logger))
    } catch {
      let refusal = Refusal(mapping: error, source: context)
      response = Reply.problem(refusal)
    }
    response.headers.set("X-Request-ID", context.requestID)
    metrics.count(
      RequestMetrics.Key(
        method: request.method.rawValue, route: template, status: response.status.code))
    context.logger.debug(
      "request",
      metadata: [
        "method": "\(request.method.rawValue)", "route": "\(template)",
        "status": "\(response.status.code)", "duration": "\(ContinuousClock.now - start)",
      ])
    return response
  }

  private func find(_ request: Request) throws -> (Route, [String: String]) {
    switch routes.match(method: request.method, path: request.uri.path) {
    case .found(let route, let parameters): return (route, parameters)
    case .otherMethods(let methods):
      let allowed = methods.sorted().joined(separator: ", ")
      throw Refusal(
        .methodNotAllowed, "method-not-allowed",
        "\(request.method.rawValue) is not possible here; possible: \(allowed)",
        headers: ["Allow": allowed])
    case .none:
      throw Refusal(
        .notFound, "unknown-route",
        "there is no \(request.uri.path.prefix(200)): see the routes under /v1")
    }
  }
}
