import Jobs
import Transformers

extension TaskFailure {
  /// What a user gave cannot be used, and no other try will change that.
  static func badInput(_ message: String) -> TaskFailure {
    TaskFailure(code: "bad-input", message: message, isRetryable: false)
  }

  /// The exact model's own numbers are not finite.
  /// - Parameters:
  ///   - fault: Where that begins; nil where all sites receive and answer finite values.
  ///   - text: Which text it was given.
  static func notFinite(_ fault: FiniteSites.Fault?, text: String = "calibration text")
    -> TaskFailure
  {
    let place =
      fault?.description ?? "the layers after the last site: their output is NaN or infinite"
    return .badInput(
      "\(place) in the exact model, on \(text); check the model's weights and the text")
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
