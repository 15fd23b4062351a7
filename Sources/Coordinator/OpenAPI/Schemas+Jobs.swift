import Jobs

extension Schemas {
  static let jobs: [String: JSONValue] = [
    "JobStatus": Schema.object(
      "A job, and how far it is.",
      [
        "id": Schema.uuid, "name": Schema.name,
        "state": Schema.choice(JobState.allCases.map(\.rawValue)), "createdAt": Schema.time,
        "finishedAt": Schema.time, "kinds": Schema.array(Schema.reference("KindProgress")),
        "failure": Schema.reference("TaskFailure"),
        "artifact": Schema.reference("ArtifactReference"),
        "slots": Schema.integer("Workers' slots alive now.", minimum: 0),
      ], optional: ["finishedAt", "failure", "artifact"]),
    "KindProgress": Schema.object(
      "Tasks of one kind.",
      [
        "kind": kind, "total": count, "running": count, "succeeded": count, "failed": count,
        "cancelled": count,
        "reused": Schema.integer("Of the succeeded, those done by earlier work.", minimum: 0),
        "runningProgress": Schema.number("Sum over the running tasks, each 0 to 1.", minimum: 0),
        "meanSeconds": Schema.number("Mean run time of those that ran.", minimum: 0),
      ], optional: ["meanSeconds"]),
    "ArtifactReference": Schema.object(
      "What a job published.",
      ["name": Schema.name, "version": Schema.integer(minimum: 1), "digest": Schema.digest]),
    "TaskFailure": Schema.object(
      "Why a task or a job failed.",
      [
        "code": Schema.string("Short and stable: `bad-input`."),
        "message": Schema.string("What was wrong, where, and what to do."),
        "isRetryable": Schema.boolean("Whether another try may help."),
      ]),
    "TaskStatus": Schema.object(
      "One task of a job.",
      [
        "name": Schema.string(), "kind": kind,
        "state": Schema.choice(TaskState.allCases.map(\.rawValue)),
        "attempt": Schema.integer("Tries so far.", minimum: 0), "worker": Schema.string(),
        "isReused": Schema.boolean("Done by earlier work."), "result": Schema.digest,
        "failure": Schema.reference("TaskFailure"), "startedAt": Schema.time,
        "finishedAt": Schema.time,
      ], optional: ["worker", "result", "failure", "startedAt", "finishedAt"]),
    "TaskAttempt": Schema.object(
      "One try at a task that gave no result.",
      [
        "task": Schema.string("The task's name."), "attempt": Schema.integer(minimum: 0),
        "worker": Schema.string(),
        "outcome": Schema.choice(AttemptOutcome.allCases.map(\.rawValue)),
        "isCounted": Schema.boolean("Whether it counted against the kind's tries."),
        "failure": Schema.reference("TaskFailure"),
        "signal": Schema.string("What the worker died of, where that was seen."),
        "log": Schema.string("The last lines that it wrote."),
        "startedAt": Schema.time, "endedAt": Schema.time,
      ], optional: ["worker", "isCounted", "failure", "signal", "log", "startedAt"]),
    "JobEvent": Schema.object(
      "One line of a job's history.",
      [
        "id": Schema.integer("Grows; `Last-Event-ID` takes it.", minimum: 1), "at": Schema.time,
        "event": Schema.string("`submitted`, `planned`, `succeeded` …"),
        "task": Schema.string("Where it is about one."), "message": Schema.string(),
      ], optional: ["task"]),
  ]

  private static let count = Schema.integer(minimum: 0)
}
