import ArgumentParser
import Foundation
import Synchronization

/// `make certify`, first half: seeded requests are fitted and checked by the program's own verifier;
/// each document is written for the check by programs that share no code with it
/// (`scripts/certify`).
@main
struct CertifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "CertificateCheck")

  @Option(help: "Requests.") var cases = 2000
  @Option(help: "Others with another seed.") var seed: UInt64 = 1
  @Option(help: "Only this request.") var only: Int?
  @Option(help: "Fits at once.") var jobs = 2
  @Option(help: "Where the documents go; made if it is not there.") var out: String

  func run() throws {
    try FileManager.default.createDirectory(
      atPath: out, withIntermediateDirectories: true)
    let numbers = only.map { [$0] } ?? Array(0..<cases)
    let next = Mutex(0)
    let tally = Mutex(CaseTally())
    DispatchQueue.concurrentPerform(iterations: max(1, jobs)) { _ in
      while true {
        let index = next.withLock { index in
          defer { index += 1 }
          return index
        }
        guard index < numbers.count else { return }
        let outcome = CertificateCase(seed: seed, number: numbers[index]).checked(writingTo: out)
        tally.withLock { $0.add(outcome, printing: only != nil) }
      }
    }
    let result = tally.withLock { $0 }
    print(result.summary)
    guard result.failures == 0 else { throw ExitCode(1) }
  }
}
