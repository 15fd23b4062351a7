import Hummingbird
import Jobs

/// `/v1/openapi.json`: the API's description, without a token.
enum DescriptionRoutes {
  /// - Parameter routes: All others.
  static func routes(describing routes: [Route]) -> [Route] {
    let path = "/v1/openapi.json"
    let own = Route(.get, path, .everyone) { _ in Reply.empty }
    let document = APIDescription.document(of: routes + [own])
    return [Route(.get, path, .everyone) { try Reply.tagged(document, $0) }]
  }
}
