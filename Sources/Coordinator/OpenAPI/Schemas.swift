import Jobs

/// `components.schemas`: what travels, by the names of the types in `Jobs`. A test holds each
/// against its type.
enum Schemas {
  static let all: [String: JSONValue] =
    jobs.merging(workers) { $1 }.merging(others) { $1 }.merging(["JobFile": jobFile]) { $1 }

  static let kind = Schema.choice(TaskKind.allCases.map(\.rawValue))

  private static let others: [String: JSONValue] = [
    "Problem": Schema.object(
      "An error (RFC 9457).",
      [
        "type": Schema.string("Short and stable, relative to the request: `unknown-job`."),
        "title": Schema.string("The status in words."),
        "status": Schema.integer("As the reply's.", minimum: 400, maximum: 599),
        "detail": Schema.string("What was wrong, where, and what to do."),
        "requestId": Schema.string("As `X-Request-Id`, and as the coordinator's log has it."),
        "retryAfterSeconds": Schema.integer("As `Retry-After`.", minimum: 0),
      ], optional: ["requestId", "retryAfterSeconds"]),
    "PoolSize": Schema.object(
      "How many workers a supervisor should keep.",
      ["pool": Schema.name, "desired": Schema.integer(minimum: 0, maximum: 1000)]),
    "ArtifactVersion": Schema.object(
      "An immutable version of a model's tables.",
      [
        "name": Schema.name,
        "version": Schema.integer("Counted by name, without gaps.", minimum: 1),
        "digest": Schema.digest, "aliases": Schema.array(Schema.name),
        "files": Schema.array(Schema.reference("ArtifactFile")), "job": Schema.uuid,
        "createdAt": Schema.time,
      ], optional: ["job"]),
    "ArtifactFile": Schema.object(
      "One file; its bytes are the blob of its digest.",
      [
        "path": Schema.string("Relative, with `/`."), "digest": Schema.digest,
        "size": Schema.integer("Bytes.", minimum: 0),
      ]),
    "AliasTarget": Schema.object(
      "Where an alias is to point.",
      ["version": Schema.integer(minimum: 1, maximum: Int(Int32.max))]),
    "TokenUse": Schema.object(
      "A token, its role and what of its quotas is in use.",
      [
        "name": Schema.string(), "role": Schema.choice(Role.allCases.map(\.rawValue)),
        "unfinishedJobs": Schema.reference("QuotaUse"),
        "openTasks": Schema.reference("QuotaUse"), "blobBytes": Schema.reference("QuotaUse"),
      ]),
    "QuotaUse": Schema.object(
      "Use against a limit; no `limit`: there is none.",
      ["used": Schema.integer(minimum: 0), "limit": Schema.integer(minimum: 0)],
      optional: ["limit"]),
    "AuditEntry": Schema.object(
      "A change that somebody asked for.",
      [
        "id": Schema.integer(minimum: 1), "at": Schema.time,
        "token": Schema.string("Its name, or `database` and the account that worked on it."),
        "action": Schema.string("`token-created`, `job-cancelled`, `alias-moved` …"),
        "subject": Schema.string("What it was done to."), "detail": Schema.string(),
      ]),
  ]
}
