import CoordinatorClient
import Foundation
import Logging
import ObjectStorage
import Worker

/// A worker process like any other, but for its executors: the harness starts itself as this, all it
/// needs in the environment.
enum SimulatedWorker {
  /// Its presence says that this process is one.
  static let journalVariable = "NNLUT_CHAOS_JOURNAL"
  static let cacheVariable = "NNLUT_CHAOS_CACHE"

  static func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let journal = environment[journalVariable], let cache = environment[cacheVariable],
      let endpoint = environment["NNLUT_ENDPOINT"].flatMap({ URL(string: $0) }),
      let token = environment["NNLUT_TOKEN"]
    else { throw ChaosError("a simulated worker is started by the harness only") }
    let service = try WorkerService(
      configuration: WorkerConfiguration(
        endpoint: endpoint, token: token, slots: 4,
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
