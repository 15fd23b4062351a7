import Foundation
import Jobs

/// The OpenAPI document, made of the routes and what ``Operation`` says of them.
enum APIDescription {
  /// As it is served.
  static func document(of routes: [Route]) -> JSONValue {
    var paths: [String: JSONValue] = [:]
    for route in routes {
      guard let operation = route.operation else { continue }
      let member = [route.method.rawValue.lowercased(): describe(operation, route.access)]
      paths[route.path] = (paths[route.path] ?? .object([:])).adding(member)
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "nnlut", "version": "1",
        "description":
          """
        Calibrates look-up tables for a Transformer's non-linear functions. All errors are problem \
        documents (RFC 9457); times are RFC 3339 in UTC; docs/api.md says the rest.
        """,
      ],
      "servers": [["url": "/"]],
      "security": [["token": []]],
      "tags": .array(
        ["jobs", "artifacts", "blobs", "workers", "sessions", "service"].map {
          ["name": .string($0)]
        }),
      "paths": .object(paths),
      "components": [
        "securitySchemes": [
          "token": [
            "type": "http", "scheme": "bearer",
            "description": "A token of `nnlut token create`; its role must be one of `x-roles`.",
          ]
        ],
        "schemas": .object(Schemas.all),
      ],
    ]
  }

  private static func describe(_ operation: Operation, _ access: Access) -> JSONValue {
    var members: [String: JSONValue] = [
      "operationId": .string(operation.name), "summary": .string(operation.summary),
      "tags": [.string(operation.tag)],
      "responses": .object(answers(of: operation, access)),
    ]
    if !operation.description.isEmpty { members["description"] = .string(operation.description) }
    let parameters = operation.parameters + [requestID]
    members["parameters"] = .array(
      parameters.map { parameter in
        [
          "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
          "required": .bool(parameter.place == .path),
          "description": .string(parameter.description), "schema": parameter.schema,
        ]
      })
    if let body = operation.body {
      members["requestBody"] = [
        "required": true, "description": .string(body.description),
        "content": .object(
          Dictionary(uniqueKeysWithValues: body.types.map { ($0, ["schema": body.schema]) })),
      ]
    }
    if let roles = access.roles {
      members["x-roles"] = .array(roles.map(\.rawValue).sorted().map { .string($0) })
    } else {
      members["security"] = []
    }
    return .object(members)
  }

  private static func answers(of operation: Operation, _ access: Access) -> [String: JSONValue] {
    var answers: [String: JSONValue] = [:]
    for answer in operation.answers {
      var members: [String: JSONValue] = [
        "description": .string(answer.description),
        "headers": .object(
          answer.headers.merging(["X-Request-Id": Schema.string()]) { $1 }
            .mapValues { ["schema": $0] }),
      ]
      if let content = answer.content {
        members["content"] = .object([content.type: ["schema": content.schema]])
      }
      answers[String(answer.status)] = .object(members)
    }
    for (status, text) in problems(of: operation, access) {
      var headers: [String: JSONValue] = ["X-Request-Id": ["schema": Schema.string()]]
      if [429, 503].contains(status) {
        headers["Retry-After"] = ["schema": Schema.string("Seconds.")]
      }
      if status == 401 { headers["WWW-Authenticate"] = ["schema": Schema.string()] }
      answers[String(status)] = [
        "description": .string(text), "headers": .object(headers),
        "content": ["application/problem+json": ["schema": Schema.reference("Problem")]],
      ]
    }
    return answers
  }

  private static func problems(of operation: Operation, _ access: Access) -> [Int: String] {
    var problems = operation.problems
    problems[400] = "The request is wrong; the problem says where."
    problems[408] = "The request came too slowly."
    problems[431] = "The header fields are too large."
    problems[500] = "The coordinator failed; its log says why under the request's id."
    problems[503] = "The database is away, or the coordinator ends or is full: try again."
    if access.roles != nil {
      problems[401] = "No token, or one that is unknown or revoked."
      problems[403] = "The token's role may not do this."
      problems[429] = "Too many requests."
    }
    if operation.path.contains("{") { problems[404] = "There is no such thing." }
    if operation.body != nil {
      problems[413] = "The body is too large."
      if operation.body?.isChecked == true { problems[415] = "A body of this type is not taken." }
    }
    return problems
  }

  private static let requestID = Operation.Parameter.header(
    "X-Request-Id",
    "Names the request in replies and logs: 1 to 64 letters, digits, `.`, `_` and `-`. One is made "
      + "where there is none or another text.", Schema.string())
}
