import Hummingbird
import Testing

@testable import Coordinator

@Suite struct RouteTableTests {
  private let table = RouteTable([
    Route(.get, "/v1/jobs", .role(.read)) { _ in Reply.empty },
    Route(.post, "/v1/jobs", .role(.submit)) { _ in Reply.empty },
    Route(.get, "/v1/jobs/{job}/tasks", .role(.read)) { _ in Reply.empty },
  ])

  @Test func findsByMethodAndPath() {
    guard case .found(let route, let parameters) = table.match(method: .post, path: "/v1/jobs")
    else {
      Issue.record("POST /v1/jobs was not found")
      return
    }
    #expect(route.access == .role(.submit))
    #expect(parameters.isEmpty)
  }

  @Test func decodesParameters() {
    guard
      case .found(_, let parameters) = table.match(method: .get, path: "/v1/jobs/a%20b%2Fc/tasks")
    else {
      Issue.record("the path with a parameter was not found")
      return
    }
    #expect(parameters == ["job": "a b/c"])
  }

  @Test func namesTheOtherMethods() {
    guard case .otherMethods(let methods) = table.match(method: .delete, path: "/v1/jobs") else {
      Issue.record("DELETE /v1/jobs must not be found")
      return
    }
    #expect(Set(methods) == ["GET", "POST"])
  }

  @Test(
    arguments: [
      "/", "", "/v1", "/v1/job", "/v1/jobs/x", "/v1/jobs/x/tasks/y", "/v2/jobs",
      "/v1/jobs/%zz/tasks", "/v1/jobs/a%00b/tasks",
    ]) func knowsNoOtherPath(path: String)
  {
    guard case .none = table.match(method: .get, path: path) else {
      Issue.record("\(path) must not be found")
      return
    }
  }

  @Test func rolesImplyEachOtherAsDocumented() {
    #expect(Access.everyone.roles == nil)
    #expect(Access.role(.admin).roles == [.admin])
    #expect(Access.role(.submit).roles == [.admin, .submit])
    #expect(Access.role(.read).roles == [.admin, .submit, .read])
    #expect(Access.role(.work).roles == [.admin, .work])
    #expect(Access.workOrRead.roles == [.admin, .submit, .read, .work])
  }
}
