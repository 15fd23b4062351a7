import Artifacts
import Foundation
import Jobs
import Worker

/// Answers any task of a tiny job with its made-up result, after a little while; one in forty takes
/// a second, so that faults find work under way.
struct TinyExecutor: TaskExecutor {
  func run(_ context: ExecutorContext) throws -> Data {
    let task = context.task
    let mark = try TinyResults.mark(task.parameters, inputs: task.inputs)
    let number = TinyResults.number(mark)
    switch task.parameters.kind {
    case .merge, .score:
      for name in context.inputNames { _ = try context.input(name) }
    case .publish:
      for file in TinyResults.artifactFiles(mark) { _ = try context.upload(file.bytes) }
    default: break
    }
    let steps = number % 40 == 0 ? 50 + number % 50 : 1
    for step in 1...steps {
      Thread.sleep(forTimeInterval: steps == 1 ? Double(number % 10) / 1000 : 0.015)
      try context.progress(Double(step) / Double(steps))
    }
    return try TinyResults.result(task.parameters, mark: mark)
  }
}
