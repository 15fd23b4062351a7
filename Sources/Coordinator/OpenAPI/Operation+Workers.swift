extension Operation {
  static let workers: [Operation] = [
    Operation(
      method: "POST", path: "/v1/sessions", name: "beginSession", tag: "sessions",
      summary: "A worker process begins", body: .json("SessionRequest"),
      answers: [.json("SessionReply", "How it must behave.")]),
    Operation(
      method: "DELETE", path: "/v1/sessions/{session}", name: "endSession", tag: "sessions",
      summary: "A worker process ends; what it held is ready again", parameters: [session],
      answers: [.empty("Ended, or unknown.")]),
    Operation(
      method: "POST", path: "/v1/sessions/{session}/claim", name: "claim", tag: "sessions",
      summary: "A long poll for work", parameters: [session], body: .json("ClaimRequest"),
      answers: [.json("ClaimReply", "Work, or none after the wait.")]),
    Operation(
      method: "POST", path: "/v1/sessions/{session}/heartbeat", name: "heartbeat",
      tag: "sessions", summary: "Keeps leases; answered at once when there is news",
      parameters: [session], body: .json("HeartbeatRequest"),
      answers: [.json("HeartbeatReply", "What to drop, whether to drain or begin anew.")]),
    Operation(
      method: "POST", path: "/v1/sessions/{session}/complete", name: "complete", tag: "sessions",
      summary: "Results", description: "Repeating it with the same attempt and result succeeds.",
      parameters: [session], body: .json("CompleteRequest"),
      answers: [.json("FencedReply", "What was refused, its lease being lost.")],
      problems: [409: "`blob-missing`: upload the result first."]),
    Operation(
      method: "POST", path: "/v1/sessions/{session}/fail", name: "fail", tag: "sessions",
      summary: "An attempt failed", parameters: [session], body: .json("FailRequest"),
      answers: [.json("FencedReply", "What was refused, its lease being lost.")]),
    Operation(
      method: "POST", path: "/v1/sessions/{session}/release", name: "release", tag: "sessions",
      summary: "Gives leases back unharmed", parameters: [session], body: .json("ReleaseRequest"),
      answers: [.json("FencedReply", "What was refused, its lease being lost.")]),
    Operation(
      method: "POST", path: "/v1/sessions/{session}/crashed", name: "reportCrash",
      tag: "sessions", summary: "The worker process died; its leases come back at once",
      parameters: [session], body: .json("CrashReport"), answers: [.empty("Noted.")]),
    Operation(
      method: "GET", path: "/v1/workers", name: "listWorkers", tag: "workers",
      summary: "Live workers", parameters: Parameter.paging(Schema.uuid),
      answers: [.page(of: "WorkerStatus")]),
    Operation(
      method: "POST", path: "/v1/workers/{session}/drain", name: "drainWorker", tag: "workers",
      summary: "Ask a worker to take no more work and to end",
      parameters: [
        .path(
          "session", "The worker's name, its session, or 4 or more characters that begin it.",
          Schema.string(maximum: 200))
      ],
      answers: [.empty("Asked.")], problems: [409: "`ambiguous-worker`."]),
    Operation(
      method: "GET", path: "/v1/pools/{pool}", name: "getPool", tag: "workers",
      summary: "How many workers a supervisor should keep",
      parameters: [
        pool,
        .query(
          "current", "With `waitSeconds`: answered when the size is another.",
          Schema.integer(minimum: 0, maximum: 1000)),
        .query(
          "waitSeconds", "Seconds to wait for a change.", Schema.number(minimum: 0, maximum: 30)),
      ],
      answers: [.json("PoolSize", "The desired size.")]),
    Operation(
      method: "PUT", path: "/v1/pools/{pool}", name: "setPool", tag: "workers",
      summary: "Set how many workers a supervisor should keep", parameters: [pool],
      body: .json("PoolSize", "`pool` as in the path."),
      answers: [.json("PoolSize", "The desired size.")]),
  ]

  private static let session = Parameter.path(
    "session", "The worker process's own UUID.", Schema.uuid)
  private static let pool = Parameter.path("pool", "The pool's name.", Schema.name)
}
