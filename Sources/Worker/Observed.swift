import Synchronization

/// A value under a lock that Swift tasks can wait on: a change wakes exactly those whose condition
/// it fulfils.
final class Observed<Value: Sendable>: Sendable {
  private struct Waiter: Sendable {
    var condition: @Sendable (Value) -> Bool
    var continuation: CheckedContinuation<Void, any Error>
  }

  private struct Storage: Sendable {
    var value: Value
    var waiters: [UInt64: Waiter] = [:]
    var lastID: UInt64 = 0
  }

  private let storage: Mutex<Storage>

  init(_ value: Value) { storage = Mutex(Storage(value: value)) }

  var value: Value { storage.withLock(\.value) }

  @discardableResult
  func update<R: Sendable>(_ change: (inout Value) -> R) -> R {
    let (result, woken) = storage.withLock { storage in
      let result = change(&storage.value)
      let value = storage.value
      let ids = storage.waiters.filter { $0.value.condition(value) }.keys
      return (result, ids.compactMap { storage.waiters.removeValue(forKey: $0)?.continuation })
    }
    for continuation in woken { continuation.resume() }
    return result
  }

  /// Returns when the value fulfils `condition`, at once if it does now.
  /// - Throws: `CancellationError`.
  func wait(until condition: @escaping @Sendable (Value) -> Bool) async throws {
    let id = storage.withLock {
      $0.lastID += 1
      return $0.lastID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isFulfilled = storage.withLock { storage in
          guard !condition(storage.value) else { return true }
          storage.waiters[id] = Waiter(condition: condition, continuation: continuation)
          return false
        }
        if isFulfilled { continuation.resume() } else if Task.isCancelled { abandon(id) }
      }
    } onCancel: {
      abandon(id)
    }
  }

  private func abandon(_ id: UInt64) {
    let waiter = storage.withLock { $0.waiters.removeValue(forKey: id) }
    waiter?.continuation.resume(throwing: CancellationError())
  }

  /// Runs `work` until it ends or the value fulfils `condition`, which cancels it.
  /// - Returns: nil when the condition came first.
  /// - Throws: What `work` throws.
  func unless<R: Sendable>(
    _ condition: @escaping @Sendable (Value) -> Bool,
    run work: @escaping @Sendable () async throws -> R
  ) async throws -> R? {
    try await withThrowingTaskGroup(of: R?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        try await self.wait(until: condition)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }
}
