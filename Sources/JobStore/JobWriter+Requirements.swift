import Jobs
import Postgres

extension JobWriter {
  /// The row of each requirement; those that ask for nothing have none.
  func requirementNumbers(_ needs: Set<TaskRequirement>) async throws -> [TaskRequirement: Int] {
    var numbers: [TaskRequirement: Int] = [:]
    // Few: one for each kind that the job file names, and the kernels. In one order, so that two
    // plans that add the same ones do not wait in a circle.
    for need in needs.filter({ !$0.isEmpty }).sorted(by: { $0.description < $1.description }) {
      let values: [PostgresValue] = [
        .text(need.kernels ?? ""), .textArray(need.labels), .int(need.memoryMiB),
      ]
      try await connection.query(
        """
        INSERT INTO requirements (kernels, labels, memory) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING
        """, values)
      let rows = try await connection.query(
        "SELECT id FROM requirements WHERE kernels = $1 AND labels = $2 AND memory = $3", values)
      numbers[need] = try rows.first?.decode("id")
    }
    return numbers
  }
}
