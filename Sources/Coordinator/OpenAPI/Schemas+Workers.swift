import Jobs

extension Schemas {
  static let workers: [String: JSONValue] = [
    "AttemptID": Schema.object(
      "One try at a computation; `attempt` is the fencing token.",
      [
        "computation": Schema.integer(minimum: Int(Int64.min), maximum: Int(Int64.max)),
        "attempt": Schema.integer(minimum: Int(Int32.min), maximum: Int(Int32.max)),
      ]),
    "SessionRequest": Schema.object(
      "A worker process.",
      [
        "session": Schema.uuid.adding(["description": "New for every process start."]),
        "worker": text, "pool": text, "slots": Schema.integer(minimum: 1, maximum: 1000),
        "kinds": Schema.map(
          Schema.integer(minimum: 1, maximum: Int(Int32.max)),
          "Kind → version of its code; only these are handed out."
        ).adding(["propertyNames": kind, "minProperties": 1]),
        "kernelClass": text, "version": text,
        "labels": [
          "type": ["array", "null"], "items": Schemas.label, "maxItems": 32,
          "description": "What it offers; tasks may require some.",
        ],
        "memoryMiB": [
          "type": ["integer", "null"], "minimum": 0, "maximum": 2_147_483_647,
          "description":
            "Memory for each of its slots; without it, tasks that require some are not handed out.",
        ],
        "kernels": [
          "type": ["string", "null"], "minLength": 1, "maxLength": 200,
          "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
          "description":
            "Build and class of its matrix kernels; without it, tasks of any are handed out.",
        ],
      ], optional: ["labels", "memoryMiB", "kernels"]),
    "SessionReply": Schema.object(
      "How the worker must behave.",
      [
        "heartbeatSeconds": Schema.number("How long a heartbeat may stay open.", minimum: 0),
        "leaseSeconds": Schema.number("Silent for longer, it loses its leases.", minimum: 0),
      ]),
    "ClaimRequest": Schema.object(
      "",
      [
        "limit": Schema.integer("Tasks at most.", minimum: 1, maximum: 100),
        "waitSeconds": wait,
      ]),
    "ClaimReply": Schema.object("", ["tasks": Schema.array(Schema.reference("ClaimedTask"))]),
    "ClaimedTask": Schema.object(
      "Work, with all that is needed to do it.",
      [
        "id": Schema.reference("AttemptID"), "job": Schema.uuid, "name": Schema.string(),
        "parameters": ["type": "object", "description": "One member, named for the kind."],
        "inputs": Schema.map(Schema.digest, "Input name → digest of a result."),
        "sources": Schema.map(Schema.string(), "Digest of a source → where it is."),
        "isSuspect": Schema.boolean("It was in a process that died: run nothing beside it."),
      ], optional: ["isSuspect"]),
    "HeartbeatRequest": Schema.object(
      "", ["running": Schema.array(Schema.reference("Running")), "waitSeconds": wait]),
    "Running": Schema.object(
      "",
      [
        "id": Schema.reference("AttemptID"), "progress": Schema.number(minimum: 0, maximum: 1),
      ]),
    "HeartbeatReply": Schema.object(
      "",
      [
        "lost": attempts("No longer this session's: drop the work."),
        "drain": Schema.boolean("Take no more work, end when there is none."),
        "expired": Schema.boolean("Begin a new session."),
      ]),
    "CompleteRequest": Schema.object(
      "", ["completions": Schema.array(Schema.reference("Completion"), maximum: 100)]),
    "Completion": Schema.object(
      "",
      [
        "id": Schema.reference("AttemptID"), "result": Schema.digest,
        "inline": [
          "type": ["string", "null"], "contentEncoding": "base64",
          "description": "The result itself, at most 64 KiB; larger ones are uploaded before.",
        ],
      ], optional: ["inline"]),
    "FailRequest": Schema.object(
      "",
      ["id": Schema.reference("AttemptID"), "failure": Schema.reference("TaskFailure")]),
    "CrashReport": Schema.object(
      "What was seen of a worker process's end.",
      [
        "signal": Schema.string("What it died of, for example `SIGSEGV`."),
        "log": Schema.string("The last lines that it wrote; the end of it is kept, 8 KiB."),
      ]),
    "ReleaseRequest": Schema.object("", ["released": attempts("Given back.")]),
    "FencedReply": Schema.object("", ["refused": attempts("No longer this session's.")]),
    "WorkerStatus": Schema.object(
      "A live worker process.",
      [
        "session": Schema.uuid, "worker": Schema.string(), "pool": Schema.string(),
        "slots": Schema.integer(minimum: 1), "running": Schema.array(Schema.string()),
        "isDraining": Schema.boolean(), "version": Schema.string(),
        "kernelClass": Schema.string(), "startedAt": Schema.time, "seenAt": Schema.time,
      ]),
  ]

  private static let text = Schema.pattern(
    "^[^\\u0000-\\u001f\\u007f-\\u009f]*$", "At most 200 bytes.", maximum: 200)
  private static let wait = Schema.number(
    "Seconds to wait when there is nothing.", minimum: 0, maximum: 30)

  private static func attempts(_ description: String) -> JSONValue {
    Schema.array(Schema.reference("AttemptID")).adding(["description": .string(description)])
  }
}
