/// Runs `body`, cancelled after `longest`.
///
/// - Throws: What `body` throws, or a 503 `Refusal` that says what took too long.
func withDeadline<Result: Sendable>(
  _ longest: Duration, what: String, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: longest)
      return nil
    }
    defer { group.cancelAll() }
    guard let result = try await group.next(), let result else {
      throw Refusal.unavailable("\(what) took longer than \(longest.components.seconds) s")
    }
    return result
  }
}
