import Jobs

extension TaskFailure {
  /// What a user gave cannot be used, and no other try will change that.
  static func badInput(_ message: String) -> TaskFailure {
    TaskFailure(code: "bad-input", message: message, isRetryable: false)
  }

  /// A task came with the parameters or inputs of another kind.
  static func misfit(_ task: ClaimedTask, _ what: String) -> TaskFailure {
    TaskFailure(
      code: "misfit",
      message:
        "\(task.name): \(what); coordinator and worker are of different versions, update one",
      isRetryable: false)
  }
}

/// Reads what a user gave: what goes wrong in `body` is the input's fault and says so.
///
/// - Parameters:
///   - place: Where the input comes from, named in the message.
///   - body: Must not report progress: what that throws is no fault of the input.
/// - Throws: `TaskFailure`.
func reading<Value>(_ place: String, _ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let failure as TaskFailure {
    throw failure
  } catch {
    throw TaskFailure.badInput("\(place): \(error)")
  }
}
