import Hummingbird
import JobStore
import Jobs
import Logging

/// From a request to its reply: find the route, check the token, its rate and the query, run the
/// handler, turn every error into a problem document, count and log.
struct APIResponder: HTTPResponder {
  typealias Context = RequestSource

  let routes: RouteTable
  let authenticator: Authenticator
  let limiters: RequestLimiters
  let connections: Connections
  let metrics: RequestMetrics

  func respond(to request: Request, context: RequestSource) async throws -> Response {
    let start = ContinuousClock.now
    var context = context
    context.identify(request.headers.value("X-Request-Id"))
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
        let known = try await authenticator.authenticate(
          request, for: roles, from: context.address)
        try limiters.admit(known, route.access)
        identity = known
      }
      try route.operation?.check(request)
      response = try await route.handler(
        APIRequest(
          request: request, source: context, parameters: parameters, identity: identity,
          connections: connections, logger: context.logger))
      if request.method == .head { response = response.createHeadResponse() }
    } catch {
      var refusal = Refusal(mapping: error, source: context)
      refusal.problem.requestId = context.requestID
      response = Reply.problem(refusal)
    }
    response.headers.set("X-Request-Id", context.requestID)
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
    // HEAD is answered as GET without the body.
    let method = request.method == .head ? .get : request.method
    switch routes.match(method: method, path: request.uri.path) {
    case .found(let route, let parameters): return (route, parameters)
    case .otherMethods(let methods):
      let allowed = (methods + (methods.contains("GET") ? ["HEAD"] : [])).sorted()
        .joined(separator: ", ")
      throw Refusal(
        .methodNotAllowed, "method-not-allowed",
        "\(request.method.rawValue.prefix(40)) is not possible here; possible: \(allowed)",
        headers: ["Allow": allowed])
    case .none:
      throw Refusal(
        .notFound, "unknown-route",
        "there is no \(request.uri.path.prefix(200)): see the routes in /v1/openapi.json")
    }
  }
}

/// How often each token may ask.
struct RequestLimiters: Sendable {
  private let requests: RateLimiter<String>
  private let workerRequests: RateLimiter<String>

  init(_ limits: CoordinatorLimits) {
    requests = RateLimiter(limits.requests)
    workerRequests = RateLimiter(limits.workerRequests)
  }

  /// - Throws: `Refusal` 429.
  func admit(_ identity: TokenIdentity, _ access: Access) throws {
    let isWork = access == .role(.work) || access == .workOrRead
    let limiter = isWork ? workerRequests : requests
    if let wait = limiter.take(identity.name) { throw Refusal.tooMany(wait) }
  }
}
