import Artifacts
import Foundation
import JobStore
import Jobs

/// Claims and completes through the store as two coordinators' clients would.
struct StoreDrain {
  let store: JobStore
  let clients: Int
  let batch: Int

  /// - Returns: Tasks per second.
  /// - Throws: When a completion is refused.
  func run(_ count: Int) async throws -> Double {
    var sessions: [UUID] = []
    for client in 0..<clients {
      let session = UUID()
      try await store.beginSession(
        SessionRequest(
          session: session, worker: "bench-\(client)", pool: "bench", slots: batch,
          kinds: Dictionary(uniqueKeysWithValues: TaskKind.allCases.map { ($0, $0.codeVersion) }),
          kernelClass: "Haswell", version: "1"))
      sessions.append(session)
    }
    let quota = count / clients
    let clock = ContinuousClock()
    let started = clock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for session in sessions {
        group.addTask {
          var left = quota
          while left > 0 {
            let tasks = try await store.claim(session: session, limit: min(batch, left))
            guard !tasks.isEmpty else { throw BenchmarkError(description: "the queue is empty") }
            let refused = try await store.complete(session: session, tasks.map(Self.completion))
              .refused
            guard refused.isEmpty else { throw BenchmarkError(description: "refused: \(refused)") }
            left -= tasks.count
          }
        }
      }
      try await group.waitForAll()
    }
    let seconds = (clock.now - started) / .seconds(1)
    for session in sessions { try await store.endSession(session) }
    return Double(quota * clients) / seconds
  }

  static func completion(_ task: ClaimedTask) -> CompleteRequest.Completion {
    let result = Data(
      "the result of computation \(task.id.computation), of the usual length".utf8)
    return CompleteRequest.Completion(
      id: task.id, result: ContentDigest(of: result), inline: result)
  }
}
