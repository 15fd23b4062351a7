import Synchronization
import Testing

@testable import Coordinator

@Suite struct BatcherTests {
  private struct Bad: Error {}

  /// Batches as they came, each held until it is let go.
  private final class Recorder: Sendable {
    private let batches = Mutex<[[Int]]>([])
    private let gate: AsyncStream<Void>
    private let opener: AsyncStream<Void>.Continuation
    let begun: AsyncStream<[Int]>
    private let beginner: AsyncStream<[Int]>.Continuation

    init() {
      (gate, opener) = AsyncStream.makeStream()
      (begun, beginner) = AsyncStream.makeStream()
    }

    var all: [[Int]] { batches.withLock { $0 } }

    func letOneGo() { opener.yield() }

    func perform(_ items: [Int]) async throws -> [Int] {
      batches.withLock { $0.append(items) }
      beginner.yield(items)
      _ = await gate.first { _ in true }
      if items.contains(where: { $0 < 0 }) { throw Bad() }
      return items.map { 10 * $0 }
    }
  }

  @Test(.timeLimit(.minutes(1))) func whatComesMeanwhileSharesTheNextBatch() async throws {
    let recorder = Recorder()
    let batcher = Batcher<Int, Int>(limit: 3, parallel: 1, pause: .zero) {
      try await recorder.perform($0)
    }
    var begun = recorder.begun.makeAsyncIterator()
    async let first = batcher(1)
    #expect(await begun.next() == [1])
    try await withThrowingTaskGroup(of: (Int, Int).self) { group in
      for item in 2...5 { group.addTask { (item, try await batcher(item)) } }
      // All have asked before the first batch is done.
      while batcher.waitingCount < 4 { await Task.yield() }
      for _ in 0..<3 { recorder.letOneGo() }
      for try await (item, reply) in group { #expect(reply == 10 * item) }
    }
    #expect(try await first == 10)
    #expect(recorder.all.map(\.count) == [1, 3, 1])
    #expect(Set(recorder.all.joined()) == Set(1...5))
  }

  @Test(.timeLimit(.minutes(1))) func aBadRequestFailsAlone() async throws {
    let recorder = Recorder()
    let batcher = Batcher<Int, Int>(limit: 10, parallel: 1, pause: .zero) {
      try await recorder.perform($0)
    }
    var begun = recorder.begun.makeAsyncIterator()
    async let first = batcher(1)
    #expect(await begun.next() == [1])
    await withTaskGroup(of: (Int, Int?).self) { group in
      for item in [2, -3, 4] { group.addTask { (item, try? await batcher(item)) } }
      while batcher.waitingCount < 3 { await Task.yield() }
      // The first, the three together, each of them.
      for _ in 0..<5 { recorder.letOneGo() }
      for await (item, reply) in group { #expect(reply == (item < 0 ? nil : 10 * item)) }
    }
    #expect(try await first == 10)
    #expect(recorder.all.map(\.count) == [1, 3, 1, 1, 1])
  }
}
