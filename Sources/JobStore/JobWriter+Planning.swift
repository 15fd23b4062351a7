import Artifacts
import Foundation
import Jobs
import Postgres

extension JobWriter {
  /// Inserts the plan that a job's resolution allows; a job that cannot be planned fails.
  /// - Returns: The tasks without inputs.
  mutating func plan(_ task: FinishedTask) async throws -> [Int64] {
    let rows = try await connection.query(
      "SELECT specification FROM jobs WHERE id = $1", [.int(task.job)])
    guard let row = rows.first else { return [] }
    let planned: [PlannedTask]
    var requirements: [TaskKind: TaskRequirement] = [:]
    let bytes = try await blobBytes(task.result)
    do {
      let specification = try WireFormat.decoder().decode(
        JobSpecification.self, from: Data(try row.decode("specification", as: String.self).utf8))
      requirements = specification.scheduling.requirements
      planned = try JobPlan.expand(
        specification, try ResultDocument.decode(Resolution.self, from: bytes))
      try check(planned)
    } catch {
      try await failFinished(
        task,
        TaskFailure(
          code: "bad-plan", message: "the job cannot be planned: \(error)", isRetryable: false))
      return []
    }
    let ready = try await insert(planned, job: task.job, requirements: requirements)
    record("planned", job: task.job, "\(planned.count) tasks")
    return ready
  }

  private func check(_ planned: [PlannedTask]) throws {
    guard !planned.isEmpty else { throw PlanError("it has no tasks") }
    var names: Set<String> = []
    for task in planned {
      for input in task.inputs.values where !names.contains(input) {
        throw PlanError("task \(task.name) comes before its input \(input)")
      }
      guard names.insert(task.name).inserted else {
        throw PlanError("two tasks are called \(task.name)")
      }
    }
  }

  /// Adds tasks to a job. An input's task comes before those that use it.
  /// - Returns: The tasks without inputs.
  mutating func insert(
    _ planned: [PlannedTask], job: Int64, requirements: [TaskKind: TaskRequirement]
  ) async throws -> [Int64] {
    let needs = planned.map { (requirements[$0.kind] ?? TaskRequirement()).of($0.parameters) }
    let numbers = try await requirementNumbers(Set(needs))
    let rows = try await connection.query(
      """
      INSERT INTO tasks (job, name, kind, pending, requirement)
      SELECT $1, name, kind, pending, requirement
      FROM unnest($2::text[], $3::text[], $4::int[], $5::int[])
        WITH ORDINALITY AS d (name, kind, pending, requirement, place)
      ORDER BY place
      RETURNING id, name
      """,
      [
        .int(job), .textArray(planned.map(\.name)), .textArray(planned.map(\.kind.rawValue)),
        .intArray(planned.map(\.inputs.count)), .intArray(needs.map { numbers[$0] ?? 0 }),
      ])
    var ids: [String: Int64] = [:]
    for row in rows { ids[try row.decode("name")] = try row.decode("id") }
    try await connection.query(
      """
      INSERT INTO task_payloads (task, parameters, sources)
      SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])
      """,
      [
        .intArray(planned.compactMap { ids[$0.name] }),
        .textArray(
          try planned.map {
            String(decoding: try ResultDocument.encode($0.parameters), as: UTF8.self)
          }),
        .textArray(
          try planned.map { String(decoding: try ResultDocument.encode($0.sources), as: UTF8.self) }
        ),
      ])
    var parents: [Int64] = []
    var children: [Int64] = []
    var inputs: [String] = []
    for task in planned {
      for (input, name) in task.inputs.sorted(by: { $0.key < $1.key }) {
        guard let parent = ids[name], let child = ids[task.name] else { continue }
        parents.append(parent)
        children.append(child)
        inputs.append(input)
      }
    }
    try await connection.query(
      """
      INSERT INTO task_edges (parent, child, input)
      SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[])
      """, [.intArray(parents), .intArray(children), .textArray(inputs)])
    try await connection.query(
      "UPDATE jobs SET open_tasks = open_tasks + $2 WHERE id = $1",
      [.int(job), .int(planned.count)])
    return planned.filter(\.inputs.isEmpty).compactMap { ids[$0.name] }
  }
}
