import ArgumentParser
import Foundation
import Postgres
import Transformers

/// Looks at everything the program needs and says what is missing and how to get it.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check PostgreSQL, BLAS, tools and versions.")

  @OptionGroup var output: OutputOptions
  @Option(help: "The local stack's folder (NNLUT_STATE_DIR).") var stateDir: String?

  struct Finding: Encodable {
    enum Grade: String, Encodable { case ok, optional, missing }
    var what: String
    var grade: Grade
    var found: String
    var remedy: String?
  }

  func run() async throws {
    let findings = examine()
    try output.print(findings) {
      findings.map { finding in
        let mark = finding.grade == .ok ? "✓" : finding.grade == .optional ? "–" : "✗"
        return "\(mark) \(finding.what): \(finding.found)"
          + (finding.remedy.map { "\n    \($0)" } ?? "")
      }
    }
    if findings.contains(where: { $0.grade == .missing }) { throw ExitStatus.failed }
  }

  private func examine() -> [Finding] {
    var findings = [Finding(what: "nnlut", grade: .ok, found: Build.version)]
    do {
      let binaries = try EmbeddedCluster.findBinaries()
      findings.append(
        Finding(what: "PostgreSQL server", grade: .ok, found: binaries.path))
    } catch {
      findings.append(
        Finding(
          what: "PostgreSQL server", grade: .missing, found: "\(error)",
          remedy: "apt-get install postgresql-15, or use a server of yours with DATABASE_URL"))
    }
    findings.append(
      Finding(
        what: "BLAS", grade: .ok,
        found: "OpenBLAS, kernel class \(KernelClass.current); workers run as "
          + KernelClass.environment().sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
          .joined(separator: " ")))
    let stack = LocalStack(state: StateDirectory(given: stateDir))
    let isRunning = (try? stack.isRunningIfPresent()) ?? false
    findings.append(
      Finding(
        what: "local stack", grade: .ok,
        found: (isRunning ? "running" : "not running") + ", state in \(stack.state.root.path)"))
    if geteuid() == 0 {
      findings.append(tool("setpriv", package: "util-linux", isNeeded: true))
    }
    for (name, package) in [
      ("yosys", "yosys"), ("sta", "opensta"), ("iverilog", "iverilog"),
      ("verilator", "verilator"),
    ] {
      findings.append(tool(name, package: package, isNeeded: false))
    }
    return findings
  }

  private func tool(_ name: String, package: String, isNeeded: Bool) -> Finding {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    for folder in folders {
      let path = "\(folder)/\(name)"
      if FileManager.default.isExecutableFile(atPath: path) {
        return Finding(what: name, grade: .ok, found: path)
      }
    }
    return Finding(
      what: name, grade: isNeeded ? .missing : .optional,
      found: isNeeded ? "not on PATH" : "not on PATH (not used by this version)",
      remedy: isNeeded ? "apt-get install \(package)" : nil)
  }
}
