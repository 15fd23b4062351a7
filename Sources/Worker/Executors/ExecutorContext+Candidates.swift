import Jobs
import LookupTables

extension ExecutorContext {
  /// The candidate that is the input `name`, which ends in the candidate's own name.
  func candidate(_ name: String) throws -> CandidateTable {
    let found = try ResultDocument.decode(CandidateTable.self, from: input(name))
    guard name.hasSuffix("/\(found.candidate.name)"),
      PiecewiseLinear.entryLimits.contains(found.candidate.entries)
    else {
      throw TaskFailure.misfit(task, "the input \(name) is a table of \(found.candidate.name)")
    }
    if case .made(let trained) = found.outcome {
      guard trained.table.entries == found.candidate.entries,
        trained.table.format == found.candidate.format,
        trained.function == found.parameters.function
      else { throw TaskFailure.misfit(task, "the input \(name) holds another table") }
    }
    return found
  }

  /// A dictionary of pairs that came from outside.
  /// - Throws: `TaskFailure` when a key is there twice.
  func distinct<Value>(_ pairs: [(String, Value)]) throws -> [String: Value] {
    var found: [String: Value] = [:]
    for (key, value) in pairs where found.updateValue(value, forKey: key) != nil {
      throw TaskFailure.misfit(task, "\(key) is there twice")
    }
    return found
  }
}
