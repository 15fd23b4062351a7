import Foundation
import Jobs
import Postgres

extension JobStore {
  /// Begins a worker process's session; repeating it changes nothing.
  /// - Throws: ``JobStoreError/invalid(_:)``.
  public func beginSession(_ request: SessionRequest) async throws {
    guard (1...1000).contains(request.slots) else {
      throw JobStoreError.invalid("slots: \(request.slots) is not in 1...1000")
    }
    for (name, text) in [("worker", request.worker), ("pool", request.pool)]
    where !(1...200).contains(text.count) {
      throw JobStoreError.invalid("\(name) must have 1 to 200 characters")
    }
    if let problem = (request.labels ?? []).lazy.compactMap(TaskRequirement.problem(label:)).first {
      throw JobStoreError.invalid("labels: \(problem)")
    }
    guard (request.labels ?? []).count <= TaskRequirement.labelLimit else {
      throw JobStoreError.invalid("labels: at most \(TaskRequirement.labelLimit) are taken")
    }
    if let memory = request.memoryMiB, !(0...Int(Int32.max)).contains(memory) {
      throw JobStoreError.invalid("memoryMiB: \(memory) must be in 0...\(Int32.max)")
    }
    for (kind, version) in request.kinds where !(1...Int(Int32.max)).contains(version) {
      throw JobStoreError.invalid("kinds: \(kind.rawValue): \(version) must be in 1...\(Int32.max)")
    }
    let kinds = request.kinds.map { "\($0.key.rawValue) \($0.value)" }.sorted()
    _ = try await pool.query(
      """
      INSERT INTO sessions (id, worker, pool, slots, kinds, kernel_class, version, labels,
        memory, kernels)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING
      """,
      [
        .uuid(request.session), .text(request.worker), .text(request.pool), .int(request.slots),
        .textArray(kinds), .text(request.kernelClass), .text(request.version),
        .textArray(request.labels ?? []), request.memoryMiB.map { .int($0) } ?? .null,
        .text(request.kernels),
      ])
  }

  /// Ends a session; what it holds is ready again and not counted as tried. An unknown or ended
  /// session is no error.
  public func endSession(_ session: UUID) async throws {
    try await end(session) { _ in (.released, AttemptReport()) }
  }

  /// Ends the session of a process that died: what it held is ready again at once. With a single
  /// lease, that is what it died of, and the try counts; of several none counts, and each is tried
  /// alone from now on, so that a poisonous one takes no innocent ones with it. An unknown or ended
  /// session is no error.
  public func crashed(session: UUID, _ report: CrashReport) async throws {
    var report = report
    report.signal = String(report.signal.prefix(40)).storable
    report.log =
      String(
        decoding: report.log.utf8.suffix(CrashReport.longestLog), as: UTF8.self
      ).storable
    let seen = AttemptReport(crash: report)
    try await end(session) { (.crashed(isAlone: $0 == 1), seen) }
  }

  /// - Parameter how: From the number of attempts that were under way, how they ended.
  private func end(
    _ session: UUID, how: @Sendable (_ held: Int) -> (AttemptEnd, AttemptReport)
  ) async throws {
    try await write { writer in
      let held = try await writer.connection.query(
        "SELECT id FROM computations WHERE session = $1 AND state = 'leased'", [.uuid(session)])
      let ids: [Int64] = try held.map { try $0.decode("id") }
      try await writer.lockJobs(ofComputations: ids)
      // Claims hold this row too, so none comes after.
      try await writer.connection.query(
        "SELECT 1 AS locked FROM sessions WHERE id = $1 FOR UPDATE", [.uuid(session)])
      let now = try await writer.connection.query(
        "SELECT id FROM computations WHERE session = $1 AND state = 'leased'", [.uuid(session)])
      let locked = try await writer.lockComputations(try now.map { try $0.decode("id") })
      let mine = locked.values.filter { $0.state == .leased && $0.session == session }
      let (end, report) = how(mine.count)
      try await writer.giveBack(mine.sorted { $0.id < $1.id }, end, report)
      try await writer.connection.query(
        "UPDATE sessions SET ended_at = clock_timestamp() WHERE id = $1 AND ended_at IS NULL",
        [.uuid(session)])
    }
  }

  /// What a session can be given, as text: sessions with equal ones can run the same tasks.
  /// - Throws: ``JobStoreError/unknownSession(_:)`` when the session is unknown or has ended.
  public func offer(of session: UUID) async throws -> String {
    let rows = try await pool.query(
      "SELECT row(kinds, labels, memory, kernels)::text AS offer FROM sessions WHERE id = $1 AND ended_at IS NULL",
      [.uuid(session)])
    guard let row = rows.first else { throw JobStoreError.unknownSession(session) }
    return try row.decode("offer")
  }

  /// Gives leases back unharmed; they do not count as tries.
  /// - Returns: Those that are not this session's.
  public func release(session: UUID, _ released: [AttemptID]) async throws -> FencedReply {
    try await write { writer in
      let ids = released.map(\.computation)
      try await writer.lockJobs(ofComputations: ids)
      let locked = try await writer.lockComputations(ids)
      let (held, refused) = released.partitioned {
        locked[$0.computation]?.isHeld(by: session, attempt: $0.attempt) == true
      }
      try await writer.giveBack(held.compactMap { locked[$0.computation] }, .released)
      return FencedReply(refused: refused)
    }
  }

  /// Live sessions, by pool and name.
  public func workers() async throws -> [WorkerStatus] {
    let rows = try await pool.query(
      """
      SELECT s.id, s.worker, s.pool, s.slots, s.is_draining, s.version, s.kernel_class,
        s.started_at, s.seen_at, coalesce(r.names, '') AS running
      FROM sessions s LEFT JOIN LATERAL (
        SELECT string_agg(t.name, E'\\n' ORDER BY c.id) AS names
        FROM computations c JOIN LATERAL (
          SELECT name FROM tasks WHERE computation = c.id AND state = 'active' ORDER BY id LIMIT 1
        ) t ON true
        WHERE c.session = s.id AND c.state = 'leased'
      ) r ON true
      WHERE s.ended_at IS NULL ORDER BY s.pool, s.worker, s.id
      """)
    return try rows.map { row in
      WorkerStatus(
        session: try row.decode("id"), worker: try row.decode("worker"),
        pool: try row.decode("pool"), slots: try row.decode("slots"),
        running: try row.decode("running", as: String.self).split(separator: "\n").map(String.init),
        isDraining: try row.decode("is_draining"), version: try row.decode("version"),
        kernelClass: try row.decode("kernel_class"), startedAt: try row.decode("started_at"),
        seenAt: try row.decode("seen_at"))
    }
  }

  /// Asks a worker to take no more work and to end when it has none.
  /// - Parameter reference: Its name, its session, or 4 or more characters that begin one session.
  /// - Throws: ``JobStoreError/unknownWorker(_:)`` or ``JobStoreError/ambiguousWorker(_:candidates:)``.
  public func drain(worker reference: String) async throws {
    let range = UUIDPrefix(reference)
    let rows = try await pool.query(
      """
      SELECT id FROM sessions
      WHERE ended_at IS NULL AND (worker = $1 OR id BETWEEN $2 AND $3) ORDER BY id LIMIT 10
      """, [.text(reference), .uuid(range?.first), .uuid(range?.last)])
    let found: [UUID] = try rows.map { try $0.decode("id") }
    guard let session = found.first else { throw JobStoreError.unknownWorker(reference) }
    guard found.count == 1 else {
      throw JobStoreError.ambiguousWorker(reference, candidates: found)
    }
    _ = try await pool.query(
      "UPDATE sessions SET is_draining = true WHERE id = $1", [.uuid(session)])
    announcer.announce([.session(session)])
  }
}

extension Array {
  func partitioned(_ belongs: (Element) throws -> Bool) rethrows -> (
    yes: [Element], no: [Element]
  ) {
    var parts: (yes: [Element], no: [Element]) = ([], [])
    for element in self {
      if try belongs(element) { parts.yes.append(element) } else { parts.no.append(element) }
    }
    return parts
  }
}
