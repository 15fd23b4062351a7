import Foundation

/// One file from the web into a file on disk: taken up where it broke off, in this process or the
/// next, limited, synced.
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
  let target: PartialFile
  /// The file's name, for messages and for what its content must look like.
  let name: String
  /// The size that the file must have, where it is known.
  var expectedBytes: Int64?
  var maximumBytes: Int64
  /// Asks the server to send nothing if this is still the content's ETag.
  var knownTag: String?
  /// The file is asked for in parts of this size, each only if it still is the same content; else
  /// only the rest of a broken transfer is.
  var partBytes: Int64?

  /// What has arrived so far, over all tries.
  struct Progress {
    var bytes: Int64 = 0
    /// Of the whole file, as the server announced it.
    var total: Int64?
    /// ETag or date by which to ask for the rest of the same content.
    var validator: String?
    var contentType = ""
    /// The first bytes.
    var head = Data()
    /// Whether the reply under way is the one that writes.
    var accepts = false
    /// How far space has been reserved.
    var reserved: Int64 = 0
    /// The server knows parts.
    var usesParts = true
  }

  /// - Parameters:
  ///   - progress: Gets bytes so far and in all (nil: not known).
  ///   - reserve: Gets how many more bytes are to be written, before they are.
  /// - Throws: `SourceError`; what the closures throw.
  func run(
    progress: (Int64, Int64?) throws -> Void, reserve: (Int64) throws -> Void
  ) throws -> Outcome {
    do {
      let outcome = try transfer(progress: progress, reserve: reserve)
      if case .fetched = outcome { target.write(nil) } else { target.remove() }
      return outcome
    } catch let error as SourceError where !error.isRetryable {
      target.remove()
      throw error
    } catch let error as SourceError where error.isDiskFull {
      // It would keep the disk full.
      target.remove()
      throw error
    } catch {
      target.keepForLater()
      throw error
    }
  }

  private func transfer(
    progress: (Int64, Int64?) throws -> Void, reserve: (Int64) throws -> Void
  ) throws -> Outcome {
    var state = Progress()
    let old = target.resume()
    let descriptor = open(
      target.place.path, O_RDWR | O_CREAT | O_CLOEXEC | (old == nil ? O_TRUNC : 0), 0o644)
    guard descriptor >= 0 else { throw disk(POSIXError.current) }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    if let old {
      state.bytes = old.bytes
      state.total = old.note.total
      state.validator = old.note.tag
      state.reserved = old.bytes
      state.head = try head(of: file)
      try moveEnd(of: file, to: old.bytes)
    }
    var farthest: Int64 = state.bytes
    var fruitless = 0
    while true {
      let before = state.bytes
      var reason: String
      var isStalled = false
      do {
        let reply = try attempt(file, &state, progress: progress, reserve: reserve)
        switch reply.status {
        case 200, 206:
          if state.total == nil || state.bytes == state.total { return try finish(file, state) }
          if reply.status == 206, partBytes != nil, state.bytes > before, state.validator != nil {
            continue
          }
          if state.validator == nil { state.usesParts = false }
          reason = "it ends early"
        case 304: return .unchanged
        case 404, 410: return .missing
        case 412:
          state.validator = nil
          reason = "it changes while it is fetched"
        case 416:
          // An empty object has no part.
          state.usesParts = false
          state.validator = nil
          reason = "the server does not send the rest"
        case let status where access.isPassing(status):
          reason = "the server answers with status \(status)"
        default: throw access.refusal(reply)
        }
      } catch let error as WebTransfer.Failure {
        switch error {
        case .broken(let text): reason = text
        case .stalled(let text):
          reason = text
          isStalled = true
        default: throw access.unreachable(error)
        }
      }
      fruitless = state.bytes > farthest && !isStalled ? 1 : fruitless + 1
      farthest = max(farthest, state.bytes)
      guard fruitless < policy.maximumTries else { throw gaveUp(state, farthest, reason) }
      try access.pause(after: fruitless) { try progress(state.bytes, state.total) }
    }
  }

  private var policy: FetchPolicy { access.policy }

  private func attempt(
    _ file: FileHandle, _ state: inout Progress, progress: (Int64, Int64?) throws -> Void,
    reserve: (Int64) throws -> Void
  ) throws -> WebTransfer.Reply {
    if state.validator == nil { state.bytes = 0 }
    state.accepts = false
    let headers = headers(state)
    var current = state
    defer { state = current }
    let reply = try access.get(
      url, headers: headers,
      receive: { reply, bytes in
        guard reply.status == 200 || reply.status == 206 else { return }
        if !current.accepts { try begin(reply, file, &current, reserve) }
        try write(bytes, to: file, &current, reserve)
      }, check: { try progress(current.bytes, current.total) })
    // A reply without a body never got to `receive`.
    if !current.accepts, reply.status == 200 || reply.status == 206 {
      try begin(reply, file, &current, reserve)
    }
    return reply
  }

  private func headers(_ state: Progress) -> [String] {
    var headers = ["Accept-Encoding: identity"]
    if let partBytes, state.usesParts {
      let end = min(state.bytes.addingClamped(partBytes), state.total ?? .max) - 1
      headers.append("Range: bytes=\(state.bytes)-\(end)")
      if state.bytes > 0, let tag = state.validator { headers.append("If-Match: \(tag)") }
    } else if let validator = state.validator, state.bytes > 0 {
      headers += ["Range: bytes=\(state.bytes)-", "If-Range: \(validator)"]
    }
    if state.bytes == 0, let knownTag { headers.append("If-None-Match: \(knownTag)") }
    return headers
  }

  /// The first bytes of a reply: does it go on where we are, or start again?
  private func begin(
    _ reply: WebTransfer.Reply, _ file: FileHandle, _ state: inout Progress,
    _ reserve: (Int64) throws -> Void
  ) throws {
    let validator = Self.validator(reply, strongOnly: partBytes != nil)
    if reply.status == 206 {
      guard let range = ContentRange(reply.headers["content-range"] ?? ""),
        range.start == state.bytes
      else { throw WebTransfer.Failure.final("the server sends another part than was asked for") }
      if state.bytes > 0, let tag = reply.headers["etag"], let known = state.validator,
        known.hasPrefix("\""), tag != known
      {
        state.validator = nil
        throw WebTransfer.Failure.broken("it changes while it is fetched")
      }
      if state.bytes == 0 {
        try restart(file, &state)
        state.validator = validator
      }
      state.total = range.total ?? state.total
    } else {
      try restart(file, &state)
      state.total = reply.headers["content-length"].flatMap { Int64($0) }.flatMap {
        $0 >= 0 ? $0 : nil
      }
      state.validator = validator
    }
    state.contentType = reply.headers["content-type"] ?? ""
    state.accepts = true
    try checkSize(state.total ?? 0)
    if let total = state.total, total > state.reserved {
      try reserve(total - state.reserved)
      state.reserved = total
    }
    target.write(note(state))
  }

  private func restart(_ file: FileHandle, _ state: inout Progress) throws {
    state = Progress(reserved: state.reserved, usesParts: state.usesParts)
    try moveEnd(of: file, to: 0)
  }

  private func note(_ state: Progress) -> PartialFile.Note? {
    guard let tag = state.validator, tag.hasPrefix("\""), let total = state.total else {
      return nil
    }
    return .init(tag: tag, total: total, boot: PartialFile.boot)
  }

  private func write(
    _ bytes: UnsafeRawBufferPointer, to file: FileHandle, _ state: inout Progress,
    _ reserve: (Int64) throws -> Void
  ) throws {
    let end = state.bytes + Int64(bytes.count)
    try checkSize(end)
    if let total = state.total, end > total {
      throw WebTransfer.Failure.final("the server sends more than the \(total) bytes it announced")
    }
    if state.head.count < ContentSniffer.headBytes, state.bytes == Int64(state.head.count) {
      state.head.append(contentsOf: bytes.prefix(ContentSniffer.headBytes - state.head.count))
      if state.head.count == ContentSniffer.headBytes { try sniff(state) }
    }
    if end > state.reserved {
      // No length was announced.
      let step = max(end - state.reserved, 16 << 20)
      try reserve(step)
      state.reserved += step
    }
    do {
      try file.write(contentsOf: Data(bytes))
    } catch {
      throw disk(POSIXError(of: error))
    }
    state.bytes = end
  }

  private func finish(_ file: FileHandle, _ state: Progress) throws -> Outcome {
    try sniff(state)
    if let expectedBytes, state.bytes != expectedBytes {
      target.remove()  // No other try would go on with it.
      throw access.failure(
        "\(name) has \(state.bytes) bytes where its listing says \(expectedBytes)",
        "try again; if it stays so, the server is damaged", isRetryable: true)
    }
    do { try file.synchronize() } catch { throw disk(POSIXError(of: error)) }
    let tag = state.validator.flatMap { $0.hasPrefix("\"") ? $0 : nil }
    return .fetched(tag: tag)
  }

  /// A strong ETag, or else the date.
  private static func validator(_ reply: WebTransfer.Reply, strongOnly: Bool) -> String? {
    if let tag = reply.headers["etag"], tag.hasPrefix("\"") { return tag }
    return strongOnly ? nil : reply.headers["last-modified"]
  }

  private func head(of file: FileHandle) throws -> Data {
    do {
      try file.seek(toOffset: 0)
      return try file.read(upToCount: ContentSniffer.headBytes) ?? Data()
    } catch { throw disk(POSIXError.current) }
  }

  private func moveEnd(of file: FileHandle, to offset: Int64) throws {
    do { try file.truncate(atOffset: UInt64(offset)) } catch { throw disk(POSIXError.current) }
  }
}
