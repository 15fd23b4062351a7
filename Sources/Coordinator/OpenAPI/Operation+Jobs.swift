extension Operation {
  static let jobs: [Operation] = [
    Operation(
      method: "POST", path: "/v1/jobs", name: "submitJob", tag: "jobs", summary: "Submit a job",
      description: "Counts against the token's quotas.",
      parameters: [
        .header(
          "Idempotency-Key",
          "The same token, key and job give the same job, for at least a day; the same key with "
            + "another job is refused with 409.", Schema.pattern("^[!-~]+$", maximum: 200))
      ],
      body: Body(
        types: [
          "application/yaml", "application/json", "application/x-yaml", "text/yaml", "text/plain",
        ],
        schema: Schema.reference("JobFile"), description: "A job file; JSON is YAML."),
      answers: [
        Answer(
          status: 201, description: "Taken in.",
          content: ("application/json", Schema.reference("JobStatus")),
          headers: ["Location": Schema.string("The job's path.")]),
        Answer(
          status: 200, description: "The key brought this job before.",
          content: ("application/json", Schema.reference("JobStatus")),
          headers: ["Location": Schema.string("The job's path.")]),
      ],
      problems: [409: "`idempotency-conflict`, or `quota-exceeded`, which names quota and use."]),
    Operation(
      method: "GET", path: "/v1/jobs", name: "listJobs", tag: "jobs",
      summary: "List jobs, newest first", parameters: Parameter.paging(),
      answers: [.page(of: "JobStatus")]),
    Operation(
      method: "GET", path: "/v1/jobs/{job}", name: "getJob", tag: "jobs",
      summary: "How far a job is", parameters: [.job],
      answers: [.json("JobStatus", "The job now.")], problems: ambiguous),
    Operation(
      method: "GET", path: "/v1/jobs/{job}/tasks", name: "listTasks", tag: "jobs",
      summary: "A job's tasks, in plan order", parameters: [.job] + Parameter.paging(),
      answers: [.page(of: "TaskStatus")], problems: ambiguous),
    Operation(
      method: "GET", path: "/v1/jobs/{job}/attempts", name: "listAttempts", tag: "jobs",
      summary: "A job's attempts that gave no result, in plan order",
      parameters: [
        .job,
        .query(
          "task", "Only of the task of this name.", Schema.pattern("^[^\\u0000]+$", maximum: 200)),
      ] + Parameter.paging(Schema.pattern("^[0-9]{1,18}\\.[0-9]{1,9}$")),
      answers: [.page(of: "TaskAttempt")], problems: ambiguous),
    Operation(
      method: "GET", path: "/v1/jobs/{job}/specification", name: "getSpecification", tag: "jobs",
      summary: "The job file, lists of variants multiplied out", parameters: [.job],
      answers: [.json("JobFile", "As it was taken in.")], problems: ambiguous),
    Operation(
      method: "GET", path: "/v1/jobs/{job}/report", name: "getReport", tag: "jobs",
      summary: "What the job has found so far", description: "Whole when the job is final.",
      parameters: [.job],
      answers: [
        Answer(
          status: 200, description: "The report.",
          content: ("application/json", ["type": "object"]))
      ], problems: ambiguous),
    Operation(
      method: "POST", path: "/v1/jobs/{job}/cancel", name: "cancelJob", tag: "jobs",
      summary: "Cancel what has not ended", description: "Does nothing to a job that has ended.",
      parameters: [.job], answers: [.json("JobStatus", "The job afterwards.")],
      problems: ambiguous),
    Operation(
      method: "POST", path: "/v1/jobs/{job}/retry", name: "retryJob", tag: "jobs",
      summary: "Go on with a failed or cancelled job from what succeeded", parameters: [.job],
      answers: [.json("JobStatus", "The job afterwards.")],
      problems: [409: "`job-not-retryable`, or `ambiguous-job`."]),
    Operation(
      method: "GET", path: "/v1/jobs/{job}/events", name: "followJob", tag: "jobs",
      summary: "A job's history as server-sent events, until its end",
      description:
        "Each event has `id`, `event` and, as `data`, a JobEvent in JSON. A client that was cut off "
        + "goes on with `Last-Event-ID`. A comment is sent when there is nothing to say.",
      parameters: [
        .job,
        .query(
          "after", "Begins after this event.",
          Schema.integer(minimum: 0, maximum: 999_999_999_999_999)),
        .query("follow", "`false`: ends with the history so far.", Schema.boolean()),
        .header(
          "Last-Event-ID", "Begins after this event; goes before `after`.",
          Schema.pattern("^[0-9]{1,15}$")),
      ],
      answers: [.events("The schema is that of one event.", of: "JobEvent")], problems: ambiguous),
  ]

  private static let ambiguous = [409: "`ambiguous-job`: several ids begin like this."]
}
