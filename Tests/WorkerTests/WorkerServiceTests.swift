import Artifacts
import CoordinatorClient
import Foundation
import Jobs
import Logging
import ObjectStorage
import Synchronization
import Testing

@testable import Worker

/// A worker against a scripted coordinator, its executors replaced by the test's own.
struct WorkerServiceTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "nnlut-worker-\(UUID())")

  private struct Executor: TaskExecutor {
    let body: @Sendable (ExecutorContext) throws -> Data

    func run(_ context: ExecutorContext) throws -> Data { try body(context) }
  }

  private func worker(
    _ coordinator: ScriptedCoordinator, slots: Int = 1, grace: Double = 30,
    patience: Duration = ResultDelivery.usualPatience,
    _ body: @escaping @Sendable (ExecutorContext) throws -> Data
  ) throws -> WorkerService {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return try WorkerService(
      configuration: WorkerConfiguration(
        endpoint: coordinator.endpoint, token: "test", slots: slots, cacheDirectory: folder,
        gracePeriodSeconds: grace, version: "test"),
      logger: logger,
      backoff: RetryPolicy(
        maximumTries: .max, firstDelay: .milliseconds(5), longestDelay: .milliseconds(50)),
      patience: patience
    ) { _ in Executor(body: body) }
  }

  private func task(
    _ number: Int64, inputs: [String: ContentDigest] = [:], runsAlone: Bool = false
  ) -> ClaimedTask {
    ClaimedTask(
      id: AttemptID(computation: number, attempt: 1), job: UUID(), name: "merge/\(number)",
      parameters: .merge(MergeParameters()), inputs: inputs, sources: [:],
      runsAlone: runsAlone)
  }

  /// Runs until cancelled by the worker.
  @Sendable private static func forever(_ context: ExecutorContext) throws -> Data {
    while true {
      try context.progress(0.25)
      usleep(2000)
    }
  }

  @Test func tasksAreRunAndDeliveredUntilDrained() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let coordinator = try ScriptedCoordinator()
    let worker = try worker(coordinator, slots: 2) { Data($0.task.name.utf8) }
    let run = Task { try await worker.run() }
    try await coordinator.control(.init(tasks: (1...20).map { task($0) }))
    let done = try await coordinator.wait(for: "complete", count: 20)
    #expect(Set(done.compactMap { $0.id?.computation }) == Set(1...20))
    for entry in done {
      let number = try #require(entry.id?.computation)
      #expect(entry.result == ContentDigest(of: Data("merge/\(number)".utf8)).description)
    }
    try await coordinator.control(.init(drain: true))
    try await run.value
    #expect(try await coordinator.wait(for: "end").count == 1)
  }

  @Test func largeResultsAreUploadedAndInputsFetchedOnce() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let coordinator = try ScriptedCoordinator()
    let input = Data("an input".utf8)
    let digest = try await CoordinatorClient(endpoint: coordinator.endpoint, token: "test")
      .uploadBlob(input)
    let large = Data(repeating: 7, count: ResultDelivery.largestInline + 1)
    let worker = try worker(coordinator) { context in
      #expect(context.inputNames == ["a"])
      let found = try context.input("a")
      #expect(found == input)
      return large
    }
    let run = Task { try await worker.run() }
    try await coordinator.control(.init(tasks: [task(1, inputs: ["a": digest])]))
    let done = try await coordinator.wait(for: "complete")
    #expect(done[0].size == nil && done[0].result == ContentDigest(of: large).description)
    #expect(try await coordinator.wait(for: "blob", count: 2)[1].size == large.count)
    worker.beginShutdown()
    try await run.value
  }

  @Test func aLostTaskIsCancelledAndItsSlotFreed() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let coordinator = try ScriptedCoordinator()
    let worker = try worker(coordinator) { context in
      if context.task.id.computation == 1 { return try Self.forever(context) }
      return Data("done".utf8)
    }
    let run = Task { try await worker.run() }
    try await coordinator.control(.init(tasks: [task(1)]))
    let beat = try await coordinator.wait(for: "beat")
    #expect(beat[0].running == [task(1).id])
    try await coordinator.control(.init(tasks: [task(2)], lose: [task(1).id]))
    let done = try await coordinator.wait(for: "complete")
    #expect(done.map(\.id) == [task(2).id])
    worker.beginShutdown()
    try await run.value
    #expect(try await coordinator.wait(for: "fail", count: 0).isEmpty)
  }

  @Test func shutdownReleasesWhatDoesNotEndInTime() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let coordinator = try ScriptedCoordinator()
    let worker = try worker(coordinator, grace: 0.2) { try Self.forever($0) }
    let run = Task { try await worker.run() }
    try await coordinator.control(.init(tasks: [task(1)]))
    try await coordinator.wait(for: "beat")
    worker.beginShutdown()
    try await run.value
    #expect(try await coordinator.wait(for: "release")[0].released == [task(1).id])
    try await coordinator.wait(for: "end")
    #expect(try await coordinator.wait(for: "complete", count: 0).isEmpty)
  }

  @Test func cancellingRunLetsRunningTasksFinish() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let coordinator = try ScriptedCoordinator()
    let gate = DispatchSemaphore(value: 0)
    let worker = try worker(coordinator) { _ in
      gate.wait()
      return Data("done".utf8)
    }
    let run = Task { try await worker.run() }
    try await coordinator.control(.init(tasks: [task(1)]))
    try await coordinator.wait(for: "beat")
    run.cancel()
    gate.signal()
    try await run.value
    #expect(try await coordinator.wait(for: "complete").count == 1)
    try await coordinator.wait(for: "end")
  }

  @Test func completionOutlivesARestartOfTheCoordinator() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try ScriptedCoordinator()
    let gate = DispatchSemaphore(value: 0)
    let worker = try worker(first) { _ in
      gate.wait()
      return Data("done".utf8)
    }
    let run = Task { try await worker.run() }
    try await first.control(.init(tasks: [task(1)], dropCompletes: 1))
    try await first.wait(for: "beat")
    gate.signal()
    let dropped = try await first.wait(for: "dropped")
    first.stop()
    let second = try ScriptedCoordinator(port: first.port)
    let done = try await second.wait(for: "complete")
    #expect(done[0].id == dropped[0].id && done[0].result == dropped[0].result)
    worker.beginShutdown()
    try await run.value
    #expect(try await second.wait(for: "begin", count: 0).isEmpty, "the session goes on")
  }

  @Test func anExpiredSessionDropsItsWorkAndBeginsAnew() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let coordinator = try ScriptedCoordinator()
    let worker = try worker(coordinator) { context in
      if context.task.id.computation == 1 { return try Self.forever(context) }
      return Data("done".utf8)
    }
    let run = Task { try await worker.run() }
    try await coordinator.control(.init(tasks: [task(1)]))
    try await coordinator.wait(for: "beat")
    try await coordinator.control(.init(expire: true))
    let begun = try await coordinator.wait(for: "begin", count: 2)
    #expect(begun[0].session != begun[1].session)
    try await coordinator.control(.init(tasks: [task(2)]))
    #expect(try await coordinator.wait(for: "complete").map(\.id) == [task(2).id])
    worker.beginShutdown()
    try await run.value
  }

  /// What was in a process that died runs with nothing beside it, so that it is known what the next
  /// death is due to.
  @Test func aSuspectWaitsForTheOthersAndRunsAlone() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let coordinator = try ScriptedCoordinator()
    let (first, suspect) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let order = Mutex<[String]>([])
    let worker = try worker(coordinator, slots: 3) { context in
      let number = context.task.id.computation
      order.withLock { $0.append("begin \(number)") }
      if number == 1 { first.wait() }
      if number == 2 { suspect.wait() }
      order.withLock { $0.append("end \(number)") }
      return Data("done".utf8)
    }
    let run = Task { try await worker.run() }
    try await coordinator.control(.init(tasks: [task(1)]))
    try await coordinator.wait(for: "beat")
    try await coordinator.control(.init(tasks: [task(2, runsAlone: true)]))
    // It is claimed and listed, but not begun.
    while try await coordinator.wait(for: "beat").last?.running?.count != 2 {}
    try await coordinator.control(.init(tasks: [task(3)]))
    #expect(order.withLock { $0 } == ["begin 1"])
    first.signal()
    try await coordinator.wait(for: "complete", count: 1)
    suspect.signal()
    try await coordinator.wait(for: "complete", count: 3)
    #expect(
      order.withLock { $0 } == ["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"])
    worker.beginShutdown()
    try await run.value
  }

  @Test func aResultThatTheCoordinatorCannotTakeFailsTheAttempt() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let coordinator = try ScriptedCoordinator()
    let worker = try worker(coordinator, patience: .milliseconds(50)) { _ in Data("done".utf8) }
    let run = Task { try await worker.run() }
    try await coordinator.control(.init(tasks: [task(1)], breakCompletes: true))
    let failure = try await coordinator.wait(for: "fail")[0].failure
    #expect(failure?.code == "result-refused" && failure?.isRetryable == true)
    #expect(try await coordinator.wait(for: "broken").count > 3)
    try await coordinator.control(.init(tasks: [task(2)], breakCompletes: false))
    #expect(try await coordinator.wait(for: "complete").map(\.id) == [task(2).id])
    worker.beginShutdown()
    try await run.value
  }

  @Test func aFullDiskIsARetryableFailureThatNamesTheFolder() throws {
    let error = SourceError(
      source: "https://example.com/a", problem: "the worker's cache (/cache) is full",
      remedy: "free",
      isRetryable: true, isDiskFull: true)
    let failures = [
      TaskFailure(executorError: error), TaskFailure(executorError: POSIXError(.ENOSPC)),
      TaskFailure(executorError: CocoaError(.fileWriteOutOfSpace)),
    ]
    #expect(failures.allSatisfy { $0.code == "disk-full" && $0.isRetryable })
    #expect(failures[0].message.contains("/cache"))
  }

  @Test func aRefusedTokenEndsTheWorker() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let coordinator = try ScriptedCoordinator()
    try await coordinator.control(.init(revoke: true))
    let worker = try worker(coordinator) { _ in Data() }
    await #expect(throws: WorkerError.self) { try await worker.run() }
  }

  @Test func aLateCompletionIsDroppedAndWorkGoesOn() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let coordinator = try ScriptedCoordinator()
    try await coordinator.control(.init(tasks: [task(1)], refuse: true))
    let worker = try worker(coordinator) { _ in Data("done".utf8) }
    let run = Task { try await worker.run() }
    try await coordinator.wait(for: "complete")
    try await coordinator.control(.init(tasks: [task(2)]))
    #expect(
      try await coordinator.wait(for: "complete", count: 2).map(\.id) == [task(1).id, task(2).id])
    worker.beginShutdown()
    try await run.value
  }

  @Test func errorsBecomeFailuresThatSayWhetherToTryAgain() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    struct Odd: Error {}
    let coordinator = try ScriptedCoordinator()
    let worker = try worker(coordinator, slots: 3) { context in
      switch context.task.id.computation {
      case 1: throw TaskFailure(code: "no-variant-qualifies", message: "m", isRetryable: false)
      case 2: throw Odd()
      default: return try context.input("missing")
      }
    }
    let run = Task { try await worker.run() }
    try await coordinator.control(.init(tasks: [task(1), task(2), task(3)]))
    let failures = try await coordinator.wait(for: "fail", count: 3)
    let codes = Dictionary(
      uniqueKeysWithValues: failures.map { ($0.id?.computation ?? 0, $0.failure) })
    #expect(codes[1]??.code == "no-variant-qualifies" && codes[1]??.isRetryable == false)
    #expect(codes[2]??.code == "failed" && codes[2]??.isRetryable == true)
    #expect(codes[3]??.code == "misfit" && codes[3]??.isRetryable == false)
    worker.beginShutdown()
    try await run.value
  }

  @Test func heartbeatsGoOnWhileExecutorsBurnAllCores() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let coordinator = try ScriptedCoordinator()
    let slots = ProcessInfo.processInfo.activeProcessorCount * 2
    let isEnough = Mutex(false)
    let stop: @Sendable () -> Bool = { isEnough.withLock { $0 } }
    let worker = try worker(coordinator, slots: slots) { context in
      var spins: UInt64 = 0
      while !stop() { spins &+= 1 }
      return Data("done".utf8)
    }
    let run = Task { try await worker.run() }
    let tasks = (1...Int64(slots)).map { task($0) }
    try await coordinator.control(.init(tasks: tasks))
    let beats = try await coordinator.wait(for: "beat", count: 3)
    #expect(beats.last?.running?.count == slots)
    isEnough.withLock { $0 = true }
    try await coordinator.wait(for: "complete", count: slots)
    worker.beginShutdown()
    try await run.value
  }

  @Test(arguments: [0, 65]) func slotsOutOfRangeAreRefused(slots: Int) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let endpoint = try #require(URL(string: "http://127.0.0.1:1"))
    #expect(throws: WorkerError.self) {
      try WorkerService(
        configuration: WorkerConfiguration(
          endpoint: endpoint, token: "t", slots: slots, cacheDirectory: folder, version: "test"),
        logger: Logger(label: "test"))
    }
  }
}
