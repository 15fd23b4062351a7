import Foundation

// What a download is given up for.
extension WebDownload {
  func checkSize(_ bytes: Int64) throws {
    guard bytes <= maximumBytes else {
      throw access.failure(
        "it is larger than the \(maximumBytes) bytes that this worker fetches",
        "use a smaller file, or raise the worker's limit")
    }
  }

  func sniff(_ state: Progress) throws {
    let verdict = ContentSniffer.verdict(
      name: name, head: state.head, total: state.total ?? state.bytes,
      contentType: state.contentType)
    switch verdict {
    case nil: return
    case .webPage:
      throw access.failure(
        "the server sends a web page instead of \(name)",
        "name the address of the file itself, not of the page that shows it; if the page asks for "
          + "a login, use an address that needs none")
    case .largeFilePointer:
      throw access.failure(
        "\(name) is a Git LFS pointer, not the file itself",
        "name an address that serves the file, for example …/resolve/main/… instead of …/raw/main/…"
      )
    case .noJSON:
      throw access.failure(
        "what the server sends as \(name) is no JSON", "check the address in a browser")
    case .noSafetensors:
      throw access.failure(
        "what the server sends as \(name) is no safetensors file",
        "check the address in a browser")
    }
  }

  func gaveUp(_ state: Progress, _ farthest: Int64, _ reason: String) -> SourceError {
    let announced = state.total.map { " of \($0)" } ?? ""
    return access.failure(
      "only \(farthest)\(announced) bytes of \(name) came, in \(access.policy.maximumTries) tries "
        + "without progress (\(reason))",
      "check the server: the length it announces may be wrong", isRetryable: true)
  }

  func disk(_ error: POSIXError) -> SourceError {
    let folder = target.place.deletingLastPathComponent().path
    var failure = access.failure(
      "the worker's cache (\(folder)) cannot be written: \(error.text)",
      error.isDiskFull
        ? "free some space there, or start the worker with another --cache or a smaller --cache-size"
        : "check its permissions", isRetryable: true)
    failure.isDiskFull = error.isDiskFull
    return failure
  }
}

/// `bytes 10-99/100`.
struct ContentRange: Equatable {
  var start: Int64
  var total: Int64?

  init?(_ text: String) {
    guard text.hasPrefix("bytes ") else { return nil }
    let parts = text.dropFirst(6).split(separator: "/")
    guard let start = parts.first?.split(separator: "-").first.flatMap({ Int64($0) }) else {
      return nil
    }
    self.start = start
    total = parts.count > 1 ? Int64(parts[1]) : nil
    guard total.map({ start >= 0 && start < $0 }) ?? (start >= 0) else { return nil }
  }
}

extension Int64 {
  /// The sum, or the largest number.
  func addingClamped(_ other: Int64) -> Int64 {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? .max : sum
  }
}
