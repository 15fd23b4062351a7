import Foundation
import Jobs

/// One request in the API's terms.
struct APIRequest: Sendable {
  var method: String
  /// Components of the path, not yet percent-encoded.
  var path: [String]
  /// The first component; nil for the routes outside `/v1`.
  var version: String?
  var query: [(name: String, value: String)] = []
  var headers: [(name: String, value: String)] = []
  var body = HTTPRequest.Body.none
  var destination = HTTPRequest.Destination.memory(maximumBytes: 64 << 20)
  /// Whether sending it twice does the same as sending it once.
  var isRepeatable: Bool
  /// From start to end; nil where only a stall is an error.
  var timeoutSeconds: Double? = 30
  var stallSeconds: Int?

  init(_ method: String, _ path: [String], version: String? = "v1", isRepeatable: Bool) {
    self.method = method
    self.path = path
    self.version = version
    self.isRepeatable = isRepeatable
  }

  /// The same with a JSON body.
  func sending(_ message: some Encodable) throws -> APIRequest {
    var request = self
    request.headers.append(("Content-Type", "application/json"))
    request.body = .data(try WireFormat.encoder().encode(message))
    return request
  }

  /// The same for a transfer whose length is not known: no limit but on silence.
  func transferring(_ destination: HTTPRequest.Destination? = nil) -> APIRequest {
    var request = self
    if let destination { request.destination = destination }
    request.timeoutSeconds = nil
    request.stallSeconds = 60
    return request
  }

  /// The same for a long poll that the coordinator may hold for `seconds`.
  /// - Parameter slack: Seconds above that until the connection counts as lost.
  func waiting(seconds: Double, slack: Double = 15) -> APIRequest {
    var request = self
    request.timeoutSeconds = max(0, seconds) + slack
    return request
  }

  func httpRequest(base: String, authorization: String) -> HTTPRequest {
    var url = base
    for component in (version.map { [$0] } ?? []) + path { url += "/" + Self.encoded(component) }
    let pairs = query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }
    if !pairs.isEmpty { url += "?" + pairs.joined(separator: "&") }
    var headers = self.headers
    if version != nil { headers.append(("Authorization", authorization)) }
    return HTTPRequest(
      method: method, url: url, headers: headers, body: body, destination: destination,
      timeoutSeconds: timeoutSeconds, stallSeconds: stallSeconds)
  }

  /// Everything but RFC 3986's unreserved characters (and `:`, which digests have) is encoded, so
  /// that no name can reach another route.
  private static func encoded(_ text: String) -> String {
    // A component that is only dots would be resolved away.
    guard !text.allSatisfy({ $0 == "." }) else {
      return String(repeating: "%2E", count: text.count)
    }
    return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
  }

  private static let allowed = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:")
}
