import ArgumentParser
import Foundation
import Jobs
import Worker

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Check a job file and its sources and show the tasks it would become (dry run).")

  @Argument(help: "The job file.") var jobFile: String
  @Flag(help: "List every task.") var tasks = false
  @OptionGroup var output: OutputOptions
  @Option(help: "The local stack's folder, whose cache is used (NNLUT_STATE_DIR).")
  var stateDir: String?
  @OptionGroup var fetching: FetchOptions

  func run() async throws {
    let specification = try JobFile.read(jobFile)
    let state = StateDirectory(given: stateDir)
    try state.prepare()
    let resolution = try await DryRun.resolve(
      specification, cache: state.cache, policy: fetching.policy())
    let planned = try JobPlan.expand(specification, resolution)
    try output.print(planned) {
      var lines = ["\(specification.name): \(planned.count + 1) tasks"]
      var counts = TextTable([("kind", .left), ("tasks", .right)])
      counts.add(["resolve", "1"])
      for kind in TaskKind.allCases {
        let count = planned.count { $0.kind == kind }
        if count > 0 { counts.add([kind.rawValue, String(count)]) }
      }
      lines += counts.lines
      if tasks { lines += [""] + planned.map(\.name) }
      return lines
    }
  }
}
