import Artifacts
import Foundation
import HTTPTypes
import Hummingbird
import Jobs

/// Makes responses.
enum Reply {
  static func json(
    _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: [String: String] = [:]
  ) throws -> Response {
    bytes(
      try WireFormat.encoder().encode(value), type: "application/json", status: status,
      headers: headers)
  }

  /// A page, and where the next one is: `next` in the body, a `Link` among the header fields.
  static func page<Item>(_ page: Page<Item>, _ request: APIRequest) throws -> Response {
    guard let next = page.next else { return try json(page) }
    var query = [("after", next)]
    for name in ["limit", "task"] {
      if let value = request.query(name) { query.append((name, value)) }
    }
    let text = query.map { "\($0)=\(encoded($1))" }.joined(separator: "&")
    return try json(
      page, headers: ["Link": "<\(request.request.uri.path)?\(text)>; rel=\"next\""])
  }

  /// A reply that the client may keep and ask about: 304 when it has this already.
  static func tagged(_ value: some Encodable, _ request: APIRequest) throws -> Response {
    let body = try WireFormat.encoder().encode(value)
    let tag = EntityTag("\(ContentDigest(of: body))")
    let headers = ["ETag": tag.text, "Cache-Control": "private, no-cache"]
    if request.has(tag) { return notModified(headers) }
    return bytes(body, type: "application/json", status: .ok, headers: headers)
  }

  static func notModified(_ headers: [String: String]) -> Response {
    var response = Response(status: .notModified)
    for (name, value) in headers { response.headers.set(name, value) }
    return response
  }

  private static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.subtracting(reserved)) ?? ""
  }

  private static let reserved = CharacterSet(charactersIn: "&=+;?#<>\"/")

  static var empty: Response { Response(status: .noContent) }

  static func text(_ text: String, type: String, status: HTTPResponse.Status = .ok) -> Response {
    bytes(Data(text.utf8), type: type, status: status)
  }

  /// The reply to a refused request. Never throws: a problem of plain strings always encodes.
  static func problem(_ refusal: Refusal) -> Response {
    let status = HTTPResponse.Status.standard(refusal.problem.status)
    let body = (try? WireFormat.encoder().encode(refusal.problem)) ?? Data("{}".utf8)
    return bytes(
      body, type: "application/problem+json", status: status, headers: refusal.headers)
  }

  private static func bytes(
    _ body: Data, type: String, status: HTTPResponse.Status, headers: [String: String] = [:]
  ) -> Response {
    var response = Response(
      status: status, headers: [.contentType: type],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    for (name, value) in headers { response.headers.set(name, value) }
    return response
  }
}

extension HTTPFields {
  /// The value of a field that hummingbird has no name for.
  func value(_ name: String) -> String? { HTTPField.Name(name).flatMap { self[$0] } }

  mutating func set(_ name: String, _ value: String) {
    if let name = HTTPField.Name(name) { self[name] = value }
  }
}
