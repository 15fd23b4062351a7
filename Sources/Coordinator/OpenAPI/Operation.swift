import Foundation
import Hummingbird
import Jobs

/// What one route takes and answers, as data: the OpenAPI document is made of it, and requests are
/// held against it before the route's code sees them.
struct Operation: Sendable {
  struct Parameter: Sendable {
    enum Place: String, Sendable { case path, query, header }
    var name: String
    var place: Place
    var description: String
    var schema: JSONValue
  }

  struct Body: Sendable {
    /// Media types that are taken; the first is the usual one.
    var types: [String]
    var schema: JSONValue
    var description: String
    var isChecked = true
  }

  struct Answer: Sendable {
    var status: Int
    var description: String
    /// Media type and schema; nil: no body.
    var content: (type: String, schema: JSONValue)?
    var headers: [String: JSONValue] = [:]
  }

  var method: String
  var path: String
  /// `operationId`.
  var name: String
  var tag: String
  var summary: String
  var description = ""
  var parameters: [Parameter] = []
  var body: Body?
  var answers: [Answer]
  /// Problems beside those that every route of its kind has, by status.
  var problems: [Int: String] = [:]

  /// Refuses a query that this route does not have and a body of a type that it does not take.
  ///
  /// - Throws: `Refusal` 400 or 415.
  func check(_ request: Request) throws {
    let known = parameters.filter { $0.place == .query }.map(\.name)
    var seen: Set<Substring> = []
    for (name, _) in request.uri.queryParameters {
      guard known.contains(String(name)) else {
        let text = known.isEmpty ? "it takes none" : "it takes " + known.joined(separator: ", ")
        throw Refusal.invalid("?\(name.prefix(40)): this route has no such parameter; \(text)")
      }
      guard seen.insert(name).inserted else {
        throw Refusal.invalid("?\(name.prefix(40)) is there more than once")
      }
    }
    for parameter in parameters where parameter.place == .query {
      if let value = request.uri.queryParameters[parameter.name[...]] {
        try parameter.check(value)
      }
    }
    guard let body, body.isChecked, let type = request.headers[.contentType] else { return }
    let essence = type.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    guard body.types.contains(essence) else {
      throw Refusal(
        .unsupportedMediaType, "unsupported-media-type",
        "Content-Type '\(type.prefix(80))': this route takes " + body.types.joined(separator: ", "),
        headers: ["Accept": body.types.joined(separator: ", ")])
    }
  }

  /// All there are, by method and path.
  static let all: [String: Operation] = Dictionary(
    (jobs + workers + artifacts + service).map { ("\($0.method) \($0.path)", $0) }
  ) { first, _ in first }
}

extension Operation.Parameter {
  /// Holds a value against the schema: its type, range, length, pattern and format.
  ///
  /// - Throws: `Refusal` 400.
  func check(_ value: Substring) throws {
    let isRight: Bool
    switch schema["type"] {
    case "integer":
      isRight = Int(value).map { isInRange(Double($0)) } ?? false
    case "number":
      isRight = Double(value).map { $0.isFinite && isInRange($0) } ?? false
    case "boolean": isRight = value == "true" || value == "false"
    default: isRight = try isText(String(value))
    }
    guard isRight else {
      throw Refusal.invalid(
        "?\(name)=\(value.prefix(40)) does not fit what /v1/openapi.json says of it: "
          + description)
    }
  }

  private func isInRange(_ value: Double) -> Bool {
    func limit(_ key: String) -> Double? {
      switch schema[key] {
      case .integer(let value): Double(value)
      case .number(let value): value
      default: nil
      }
    }
    return value >= limit("minimum") ?? -.infinity && value <= limit("maximum") ?? .infinity
  }

  private func isText(_ value: String) throws -> Bool {
    if case .integer(let most) = schema["maxLength"], value.unicodeScalars.count > most {
      return false
    }
    if case .integer(let least) = schema["minLength"], value.unicodeScalars.count < least {
      return false
    }
    if schema["format"] == "uuid" { return UUID(uuidString: value) != nil }
    guard case .string(let pattern) = schema["pattern"] else { return true }
    return try value.contains(Regex(pattern))
  }

  static func path(_ name: String, _ description: String, _ schema: JSONValue) -> Self {
    Self(name: name, place: .path, description: description, schema: schema)
  }

  static func query(_ name: String, _ description: String, _ schema: JSONValue) -> Self {
    Self(name: name, place: .query, description: description, schema: schema)
  }

  static func header(_ name: String, _ description: String, _ schema: JSONValue) -> Self {
    Self(name: name, place: .header, description: description, schema: schema)
  }

  static let job = path(
    "job", "A job's id, 4 or more characters that begin it, or a name (the newest job of it).",
    Schema.string(maximum: 200))

  /// - Parameter position: What `after` looks like.
  static func paging(_ position: JSONValue = Schema.pattern("^[0-9]{1,18}$")) -> [Self] {
    [
      query("limit", "Items of the page.", Schema.integer(minimum: 1, maximum: 500)),
      query("after", "The `next` of the page before.", position),
    ]
  }

  static let ifNoneMatch = header(
    "If-None-Match", "ETags that the client has: 304 when it is one of them.",
    Schema.pattern("^[!-~]{1,200}$"))
}

extension Operation.Body {
  static func json(_ schema: String, _ description: String = "") -> Self {
    Self(
      types: ["application/json"], schema: Schema.reference(schema), description: description)
  }
}

extension Operation.Answer {
  static func json(_ schema: String, _ description: String, status: Int = 200) -> Self {
    Self(
      status: status, description: description,
      content: ("application/json", Schema.reference(schema)))
  }

  static func page(of item: String) -> Self {
    Self(
      status: 200, description: "A page.",
      content: ("application/json", Schema.page(of: item)),
      headers: ["Link": Schema.string("The next page, `rel=\"next\"`; not on the last one.")])
  }

  static func text(_ description: String) -> Self {
    Self(status: 200, description: description, content: ("text/plain", Schema.string()))
  }

  /// Server-sent events. OpenAPI 3.1 has no word for one item of a stream (3.2: `itemSchema`); its
  /// tools read `schema` as that.
  static func events(_ description: String, of data: String) -> Self {
    let event = Schema.object(
      "One event.",
      [
        "id": Schema.pattern("^[0-9]{1,19}$"), "event": Schema.string(),
        "data": [
          "type": "string", "contentMediaType": "application/json",
          "contentSchema": Schema.reference(data),
        ],
      ])
    return Self(status: 200, description: description, content: ("text/event-stream", event))
  }

  static func empty(_ description: String, status: Int = 204) -> Self {
    Self(status: status, description: description)
  }

  static let notModified = Self(
    status: 304, description: "The client has it already.",
    headers: ["ETag": Schema.string()])

  /// The same with an `ETag`.
  var tagged: Self {
    var answer = self
    answer.headers["ETag"] = Schema.string("A strong validator.")
    return answer
  }
}
