import Foundation

/// One file from the web into a file on disk: taken up where it broke off, limited, synced.
struct WebDownload {
  enum Outcome {
    /// The file is whole; `tag` is a strong ETag where the server gave one.
    case fetched(tag: String?)
    /// It still is what `knownTag` names.
    case unchanged
    /// Status 404 or 410.
    case missing
  }

  let access: WebAccess
  let url: URL
  let target: URL
  /// The size that the file must have, where it is known.
  var expectedBytes: Int64?
  var maximumBytes: Int64
  /// Asks the server to send nothing if this is still the content's ETag.
  var knownTag: String?

  /// What has arrived so far, over all tries.
  private struct Progress {
    var bytes: Int64 = 0
    /// Of the whole file, as the server announced it.
    var total: Int64?
    /// ETag or date by which to ask for the rest of the same content.
    var validator: String?
    var isHTML = false
    /// Whether the reply under way is the one that writes.
    var accepts = false
  }

  /// - Parameter progress: Gets bytes so far and in all (nil: not known).
  /// - Throws: `SourceError`; what `progress` throws.
  func run(progress: (Int64, Int64?) throws -> Void) throws -> Outcome {
    let descriptor = open(target.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw disk(POSIXError.current) }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var state = Progress()
    var farthest: Int64 = 0
    var fruitless = 0
    while true {
      let reason: String
      do {
        let reply = try attempt(file, &state, progress: progress)
        switch reply.status {
        case 200, 206:
          if state.total == nil || state.bytes == state.total {
            return try finish(file, state, reply)
          }
          reason = "it ends early"
        case 304: return .unchanged
        case 404, 410: return .missing
        case 416:
          state.validator = nil
          reason = "the server does not send the rest"
        case let status where access.isPassing(status):
          reason = "the server answers with status \(status)"
        default: throw access.refusal(reply.status)
        }
      } catch let error as WebTransfer.Failure {
        guard case .broken(let text) = error else { throw access.unreachable(error) }
        reason = text
      }
      fruitless = state.bytes > farthest ? 1 : fruitless + 1
      farthest = max(farthest, state.bytes)
      guard fruitless < policy.maximumTries else { throw gaveUp(state, farthest, reason) }
      try access.pause(after: fruitless) { try progress(state.bytes, state.total) }
    }
  }

  private var policy: FetchPolicy { access.policy }

  private func attempt(
    _ file: FileHandle, _ state: inout Progress, progress: (Int64, Int64?) throws -> Void
  ) throws -> WebTransfer.Reply {
    var headers = ["Accept-Encoding: identity"]
    if let validator = state.validator, state.bytes > 0 {
      headers += ["Range: bytes=\(state.bytes)-", "If-Range: \(validator)"]
    } else if let knownTag {
      headers.append("If-None-Match: \(knownTag)")
    }
    state.accepts = false
    var current = state
    defer { state = current }
    let reply = try access.get(
      url, headers: headers,
      receive: { reply, bytes in
        guard reply.status == 200 || reply.status == 206 else { return }
        if !current.accepts { try begin(reply, file, &current) }
        try write(bytes, to: file, &current)
      }, check: { try progress(current.bytes, current.total) })
    // A reply without a body never got to `receive`.
    if !current.accepts, reply.status == 200 || reply.status == 206 {
      try begin(reply, file, &current)
    }
    return reply
  }

  /// The first bytes of a reply: does it go on where we are, or start again?
  private func begin(_ reply: WebTransfer.Reply, _ file: FileHandle, _ state: inout Progress)
    throws
  {
    let length = reply.headers["content-length"].flatMap { Int64($0) }
    let range = reply.status == 206 ? ContentRange(reply.headers["content-range"] ?? "") : nil
    if reply.status == 206, let range, range.start == state.bytes {
      state.total = range.total ?? state.total
    } else if reply.status == 206 {
      throw WebTransfer.Failure.final("the server sends another part than was asked for")
    } else {
      state = Progress(total: length, validator: Self.validator(reply))
      do { try file.truncate(atOffset: 0) } catch { throw disk(POSIXError.current) }
    }
    let type = reply.headers["content-type"]?.lowercased() ?? ""
    state.isHTML = type.hasPrefix("text/html")
    state.accepts = true
    try checkSize(state.total ?? 0)
  }

  private func write(_ bytes: UnsafeRawBufferPointer, to file: FileHandle, _ state: inout Progress)
    throws
  {
    if state.bytes == 0, HTMLSniffer.looksLikeHTML(bytes) { state.isHTML = true }
    if state.isHTML { throw html }
    try checkSize(state.bytes + Int64(bytes.count))
    do {
      try file.write(contentsOf: Data(bytes))
    } catch {
      throw disk(POSIXError.current)
    }
    state.bytes += Int64(bytes.count)
  }

  private func finish(_ file: FileHandle, _ state: Progress, _ reply: WebTransfer.Reply) throws
    -> Outcome
  {
    if state.isHTML { throw html }
    if let expectedBytes, state.bytes != expectedBytes {
      throw access.failure(
        "\(url.lastPathComponent) has \(state.bytes) bytes where its listing says \(expectedBytes)",
        "try again; if it stays so, the server is damaged", isRetryable: true)
    }
    do { try file.synchronize() } catch { throw disk(POSIXError.current) }
    let tag = state.validator.flatMap { $0.hasPrefix("\"") ? $0 : nil }
    return .fetched(tag: tag)
  }

  private func checkSize(_ bytes: Int64) throws {
    guard bytes <= maximumBytes else {
      throw access.failure(
        "it is larger than the \(maximumBytes) bytes that this worker fetches",
        "use a smaller file, or raise the worker's limit")
    }
  }

  private var html: SourceError {
    access.failure(
      "the server sends a web page instead of \(url.lastPathComponent)",
      "name the address of the file itself, not of the page that shows it")
  }

  private func gaveUp(_ state: Progress, _ farthest: Int64, _ reason: String) -> SourceError {
    let announced = state.total.map { " of \($0)" } ?? ""
    return access.failure(
      "only \(farthest)\(announced) bytes came, in \(policy.maximumTries) tries without progress"
        + " (\(reason))",
      "check the server: the length it announces may be wrong", isRetryable: true)
  }

  private func disk(_ error: POSIXError) -> SourceError {
    access.failure(
      "the worker's cache cannot be written: \(error.text)", "check the free space of its cache",
      isRetryable: true)
  }

  /// A strong ETag, or else the date.
  private static func validator(_ reply: WebTransfer.Reply) -> String? {
    if let tag = reply.headers["etag"], tag.hasPrefix("\"") { return tag }
    return reply.headers["last-modified"]
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
  }
}

enum HTMLSniffer {
  static func looksLikeHTML(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let text = String(decoding: bytes.prefix(256), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    return text.hasPrefix("<!doctype html") || text.hasPrefix("<html")
  }
}
