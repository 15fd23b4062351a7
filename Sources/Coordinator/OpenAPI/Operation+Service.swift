extension Operation {
  static let service: [Operation] = [
    Operation(
      method: "GET", path: "/v1/token", name: "getToken", tag: "service",
      summary: "Whose token this is, and what of its quotas is in use",
      answers: [.json("TokenUse", "The token that came with the request.")]),
    Operation(
      method: "GET", path: "/v1/audit", name: "listChanges", tag: "service",
      summary: "Every change that somebody asked for, newest first",
      parameters: Parameter.paging(), answers: [.page(of: "AuditEntry")]),
    Operation(
      method: "GET", path: "/v1/openapi.json", name: "getDescription", tag: "service",
      summary: "This document",
      parameters: [.ifNoneMatch],
      answers: [
        Answer(
          status: 200, description: "OpenAPI 3.1.",
          content: ("application/json", ["type": "object"])
        ).tagged, .notModified,
      ]),
    Operation(
      method: "GET", path: "/healthz", name: "isAlive", tag: "service",
      summary: "The process serves requests", answers: [.text("It does.")]),
    Operation(
      method: "GET", path: "/readyz", name: "isReady", tag: "service",
      summary: "The database is there and its schema fits", answers: [.text("It is.")]),
    Operation(
      method: "GET", path: "/metrics", name: "getMetrics", tag: "service",
      summary: "Counts, for Prometheus", answers: [.text("Prometheus text, 0.0.4.")]),
  ]
}
