import ArgumentParser
import CoordinatorClient
import Foundation
import JobStore
import Jobs
import Postgres

/// Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 unreachable, 130 interrupted.
enum ExitStatus: Int32, Error {
  case failed = 1
  case usage = 2
  case notFound = 3
  case unreachable = 4
  case interrupted = 130

  /// Says what was wrong on standard error and ends the process.
  static func end(after error: any Error) -> Never {
    if let status = error as? ExitStatus { exit(status.rawValue) }
    if let code = error as? ExitCode { exit(code.rawValue) }
    switch error {
    case let error as CoordinatorClientError:
      say(error)
      exit(status(of: error).rawValue)
    case let error as JobFileError:
      say(error)
      exit(usage.rawValue)
    case let error as NotFound:
      say(error)
      exit(notFound.rawValue)
    case let error as UsageError:
      say(error)
      exit(usage.rawValue)
    case let error as JobStoreError:
      say(error)
      exit((error.status == 404 ? notFound : error.status == 400 ? usage : failed).rawValue)
    case let error as PostgresError where error.isUnavailable:
      say(error)
      exit(unreachable.rawValue)
    case is CancellationError:
      exit(interrupted.rawValue)
    default:
      let code = NnlutCommand.exitCode(for: error)
      if code == .success || code == .validationFailure {
        // Help, version or a usage message, formatted by the argument parser.
        let text = NnlutCommand.fullMessage(for: error)
        if code == .success {
          Terminal.write(text + "\n")
          exit(0)
        }
        Terminal.note(text)
        exit(usage.rawValue)
      }
      say(error)
      exit(failed.rawValue)
    }
  }

  /// One line, whatever a library's message looks like.
  private static func say(_ error: any Error) {
    let lines = "\(error)".split(whereSeparator: \.isNewline)
    Terminal.note(
      "nnlut: " + lines.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " "))
  }

  private static func status(of error: CoordinatorClientError) -> ExitStatus {
    switch error {
    case .unreachable: .unreachable
    case .problem(let problem) where problem.status == 404: .notFound
    case .problem(let problem) where problem.status == 400 || problem.status == 422: .usage
    default: .failed
    }
  }
}

/// A file or thing that the user named is not there.
struct NotFound: Error, CustomStringConvertible {
  let description: String
}

/// Flags or settings that do not fit together.
struct UsageError: Error, CustomStringConvertible {
  let description: String
}
