import Synchronization

/// Joins requests that come at about the same time into one call of the store: while a batch is
/// under way, the next one gathers.
///
/// A batch that is refused is tried again one by one, so that a bad request fails alone.
final class Batcher<Item: Sendable, Reply: Sendable>: Sendable {
  typealias Perform = @Sendable ([Item]) async throws -> [Reply]

  private struct Waiting {
    var item: Item
    var continuation: CheckedContinuation<Reply, any Error>
  }

  private struct State {
    var waiting: [Waiting] = []
    var running = 0
  }

  private let limit: Int
  private let parallel: Int
  private let pause: Duration
  private let perform: Perform
  private let state = Mutex(State())

  /// - Parameters:
  ///   - limit: Requests in one batch, at least 1.
  ///   - parallel: Batches under way at a time, at least 1.
  ///   - pause: How long a batch gathers before it goes; zero for requests that somebody waits for.
  ///   - perform: Answers as many as it was asked, in their order.
  init(limit: Int, parallel: Int, pause: Duration, perform: @escaping Perform) {
    self.limit = max(1, limit)
    self.parallel = max(1, parallel)
    self.pause = pause
    self.perform = perform
  }

  /// Requests that are not yet in a batch.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  func callAsFunction(_ item: Item) async throws -> Reply {
    try await withCheckedThrowingContinuation { continuation in
      let starts = state.withLock { state in
        state.waiting.append(Waiting(item: item, continuation: continuation))
        guard state.running < parallel else { return false }
        state.running += 1
        return true
      }
      if starts { Task { await run() } }
    }
  }

  private func run() async {
    while true {
      if pause > .zero { try? await Task.sleep(for: pause) }
      let batch = state.withLock { state in
        let batch = Array(state.waiting.prefix(limit))
        state.waiting.removeFirst(batch.count)
        if batch.isEmpty { state.running -= 1 }
        return batch
      }
      if batch.isEmpty { return }
      await answer(batch)
    }
  }

  private func answer(_ batch: [Waiting]) async {
    do {
      let replies = try await perform(batch.map(\.item))
      guard replies.count == batch.count else {
        throw BatchError(description: "\(replies.count) replies for \(batch.count) requests")
      }
      for (waiting, reply) in zip(batch, replies) { waiting.continuation.resume(returning: reply) }
    } catch let error where batch.count == 1 || error.isPassing {
      for waiting in batch { waiting.continuation.resume(throwing: error) }
    } catch {
      for waiting in batch { await answer([waiting]) }
    }
  }
}

private struct BatchError: Error, CustomStringConvertible {
  var description: String
}
