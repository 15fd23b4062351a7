import Foundation
import Hummingbird
import JobStore
import Jobs
import Testing

@testable import Coordinator

/// The OpenAPI document says what the routes do.
@Suite struct DescriptionTests {
  @Test(.timeLimit(.minutes(1))) func everyRouteIsDescribedAndNoOther() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let routes = coordinator.service.routeDescriptions
        let served = Set(routes.map { "\($0.method) \($0.path)" })
        #expect(served == Set(Operation.all.keys))
        let reply = try await coordinator.exchange("GET", "/v1/openapi.json")
        #expect(reply.status == 200)
        let document = try #require(
          try JSONSerialization.jsonObject(with: reply.body) as? [String: Any])
        #expect(document["openapi"] as? String == "3.1.0")
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        var listed: Set<String> = []
        var names: Set<String> = []
        for (path, operations) in paths {
          for (method, operation) in operations {
            listed.insert("\(method.uppercased()) \(path)")
            names.insert(try #require(operation["operationId"] as? String))
          }
        }
        #expect(listed == served)
        #expect(names.count == served.count, "operationId must be unique")
        for route in routes {
          let operation = try #require(paths[route.path]?[route.method.lowercased()])
          let roles = operation["x-roles"] as? [String]
          #expect(roles.map(Set.init) == route.roles.map { Set($0.map(\.rawValue)) })
          let named = Set(
            (operation["parameters"] as? [[String: Any]] ?? [])
              .filter { $0["in"] as? String == "path" }.compactMap { $0["name"] as? String })
          let inPath = Set(
            route.path.split(separator: "/").filter { $0.hasPrefix("{") }
              .map { String($0.dropFirst().dropLast()) })
          #expect(named == inPath, "\(route.method) \(route.path)")
        }
        let tag = try #require(reply.headers["etag"])
        let again = try await coordinator.exchange(
          "GET", "/v1/openapi.json", headers: ["If-None-Match": tag])
        #expect(again.status == 304 && again.body.isEmpty)
      }
    }
  }

  @Test func everyReferenceLeadsSomewhere() {
    func references(_ value: JSONValue) -> [String] {
      switch value {
      case .object(let members):
        members.flatMap { key, value in
          if key == "$ref", case .string(let text) = value { return [text] }
          return references(value)
        }
      case .array(let values): values.flatMap(references)
      default: []
      }
    }
    let routes = Operation.all.values.map { operation in
      Route(.init(operation.method) ?? .get, operation.path, .everyone) { _ in Reply.empty }
    }
    let found = Set(references(APIDescription.document(of: routes)))
    #expect(found.count > 20)
    for reference in found {
      #expect(Schemas.all[String(reference.dropFirst("#/components/schemas/".count))] != nil)
    }
  }

  /// Schemas and types have the same members; what may be nil need not be there.
  @Test(arguments: WireSamples.all) func aSchemaIsItsType(_ sample: WireSample) throws {
    let schema = try #require(Schemas.all[sample.name], "\(sample.name) has no schema")
    guard case .object(let properties) = schema["properties"] ?? .null else {
      Issue.record("\(sample.name) has no properties")
      return
    }
    guard case .array(let required) = schema["required"] ?? .null else {
      Issue.record("\(sample.name) says not what is required")
      return
    }
    let members = Mirror(reflecting: sample.value).children
    #expect(Set(members.compactMap { $0.label }) == Set(properties.keys), "\(sample.name)")
    let always = members.filter { Mirror(reflecting: $0.value).displayStyle != .optional }
    #expect(
      Set(required) == Set(always.compactMap { $0.label }.map { JSONValue.string($0) }),
      "\(sample.name)")
  }

  @Test func everySchemaHasASample() {
    #expect(
      Set(Schemas.all.keys).subtracting(WireSamples.all.map(\.name)) == ["JobFile"])
  }
}
