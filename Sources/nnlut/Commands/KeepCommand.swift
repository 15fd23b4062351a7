import ArgumentParser
import Foundation

/// Runs PostgreSQL for a supervisor and shuts it down cleanly however the supervisor ends.
struct KeepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "keep", shouldDisplay: false)

  private static let shutdownSeconds: UInt32 = 20

  @Option var lifelineFd: Int32
  @Argument(parsing: .postTerminator) var arguments: [String] = []

  /// Stays on the main thread: the kernel ties the child's parent-death signal to the thread that
  /// started it.
  func run() throws {
    var options = ChildProcess.Options()
    options.descriptors = [0: -1, 1: 1, 2: 2]
    for number in [SIGTERM, SIGINT, SIGHUP] { signal(number, SIG_IGN) }
    // A change of user clears the signal, so it is set by the program that makes the change.
    let rest = arguments.first == "setpriv" ? arguments.dropFirst() : arguments[...]
    let child = try ChildProcess(
      ["setpriv", "--pdeathsig=INT"] + rest, name: "postgres", options: options)
    // SIGINT is PostgreSQL's fast shutdown. Asked while it recovers from a backend's crash, version
    // 15 would hang for ever; after SIGQUIT it recovers at its next start.
    Lifeline.watch(lifelineFd) {
      child.send(SIGINT)
      sleep(Self.shutdownSeconds)
      child.send(SIGQUIT)
    }
    let status = ChildProcess.wait(child.pid)
    if status != 0 { throw ExitStatus.failed }
  }
}
