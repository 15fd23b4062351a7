import CoordinatorClient
import Evaluation
import Foundation
import Jobs
import LookupTables
import Models
import ObjectStorage

extension TaskFailure {
  /// How an executor's error is reported. An error that says what is wrong with an input will say
  /// so again, so it is not tried again.
  init(executorError error: any Error) {
    switch error {
    case let failure as TaskFailure:
      self = failure
    case let error as SourceError:
      self.init(
        code: error.isDiskFull ? "disk-full" : "source", message: "\(error)",
        isRetryable: error.isRetryable)
    case let error as CocoaError where error.code == .fileWriteOutOfSpace:
      self = Self.diskFull("\(error.filePath ?? error.localizedDescription)")
    case let error as POSIXError where error.code == .ENOSPC || error.code == .EDQUOT:
      self = Self.diskFull("a file could not be written")
    case let error as CoordinatorClientError:
      self.init(code: "coordinator", message: "\(error)", isRetryable: true)
    case is ModelError, is EvaluationError, is TableError, is DecodingError:
      self.init(code: "bad-input", message: "\(error)", isRetryable: false)
    default:
      self.init(code: "failed", message: "\(error)", isRetryable: true)
    }
    if message.utf8.count > Self.longestMessage {
      message = String(message.prefix(Self.longestMessage / 4)) + "…"
    }
  }

  private static func diskFull(_ place: String) -> TaskFailure {
    TaskFailure(
      code: "disk-full",
      message:
        "\(place): the worker's disk is full; free some space there, or start the worker with "
        + "another --cache or TMPDIR", isRetryable: true)
  }

  private static let longestMessage = 16_384
}
