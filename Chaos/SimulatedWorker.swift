import ArgumentParser
import CoordinatorClient
import Foundation
import Logging
import ObjectStorage
import Worker

/// A worker process like any other, but for its executors: the harness starts itself as this.
struct SimulatedWorker: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate-worker", abstract: "A worker that makes its results up.",
    shouldDisplay: false)

  @Option var slots = 4
  @Option var cache: String
  @Option var journal: String

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let endpoint = environment["NNLUT_ENDPOINT"].flatMap({ URL(string: $0) }),
      let token = environment["NNLUT_TOKEN"]
    else { throw ChaosError("NNLUT_ENDPOINT and NNLUT_TOKEN are not set") }
    let service = try WorkerService(
      configuration: WorkerConfiguration(
        endpoint: endpoint, token: token, slots: slots,
        cacheDirectory: URL(filePath: cache, directoryHint: .isDirectory),
        gracePeriodSeconds: 2, version: "chaos", journal: URL(filePath: journal)),
      logger: Logger(label: "worker") { StreamLogHandler.standardError(label: $0) },
      backoff: RetryPolicy(
        maximumTries: .max, firstDelay: .milliseconds(100), longestDelay: .seconds(1)),
      executor: { _ in TinyExecutor() })
    signal(SIGTERM, SIG_IGN)
    let termination = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
    termination.setEventHandler { service.beginShutdown() }
    termination.resume()
    // Whoever started us is gone.
    let lifeline = Thread {
      var byte: UInt8 = 0
      while read(STDIN_FILENO, &byte, 1) > 0 {}
      kill(getpid(), SIGKILL)
    }
    lifeline.start()
    try await service.run()
    termination.cancel()
  }
}
