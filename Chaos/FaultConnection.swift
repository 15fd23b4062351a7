import Foundation
import Synchronization

/// One connection through a ``FaultLink``: two threads, one a direction.
final class FaultConnection: Sendable {
  private struct State: Sendable {
    var tap = HTTPTap()
    var ended = 0
  }

  private let client: Int32
  private let server: Int32
  private let state = Mutex(State())

  init(client: Int32, server: Int32) {
    self.client = client
    self.server = server
  }

  /// Carries bytes until either side ends.
  func pump(_ direction: FaultLink.Directions, through link: FaultLink) {
    let (from, to) = direction == .toServer ? (client, server) : (server, client)
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(from, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      let bytes = buffer[0..<count]
      guard link.mayPass(direction) else {
        reset()
        return
      }
      if direction == .toClient, link.losesReply(to: state.withLock { $0.tap.last }) {
        reset()
        return
      }
      guard Sockets.write(to, bytes) else { break }
      if direction == .toServer {
        for request in state.withLock({ $0.tap.append(bytes) }) { link.sent(request) }
      }
    }
    shutdown(to, Int32(SHUT_WR))
    if direction == .toClient { shutdown(from, Int32(SHUT_RD)) }
  }

  /// Both sides see a reset.
  func reset() {
    state.withLock { state in
      // Afterwards the numbers may belong to other sockets.
      guard state.ended < 2 else { return }
      for socket in [client, server] {
        Sockets.resetAtClose(socket)
        shutdown(socket, Int32(SHUT_RDWR))
      }
    }
  }

  /// Called by each direction at its end; the second closes the sockets.
  func finish() -> Bool {
    state.withLock { state in
      state.ended += 1
      guard state.ended == 2 else { return false }
      close(client)
      close(server)
      return true
    }
  }
}

/// Reads the requests that pass, as far as faults need them.
struct HTTPTap: Sendable {
  struct Request: Sendable {
    var method: String
    var path: String
    /// Whole, head and body; nil of what is too long to be kept.
    var bytes: [UInt8]?

    /// Whether the outcome matters when it comes twice or its reply is lost.
    var changesSomething: Bool {
      method == "POST" && !path.hasSuffix("/heartbeat") || method == "PUT"
    }
  }

  private static let longest = 1 << 20
  private var pending: [UInt8] = []
  /// Bytes of a body still to come that are not kept.
  private var skipped = 0
  private var isLost = false
  /// The request that the server saw last.
  private(set) var last: Request?

  /// - Returns: The requests that are whole now.
  mutating func append(_ bytes: ArraySlice<UInt8>) -> [Request] {
    guard !isLost else { return [] }
    var bytes = bytes
    if skipped > 0 {
      let count = min(skipped, bytes.count)
      skipped -= count
      bytes = bytes.dropFirst(count)
    }
    pending += bytes
    var found: [Request] = []
    while let request = next() { found.append(request) }
    return found
  }

  private mutating func next() -> Request? {
    let separator: [UInt8] = [13, 10, 13, 10]
    guard let end = pending.firstRange(of: separator)?.upperBound else {
      if pending.count > 64 << 10 { isLost = true }
      return nil
    }
    let lines = String(decoding: pending[..<end], as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    var length = 0
    for line in lines.dropFirst() {
      let lower = line.lowercased()
      if lower.hasPrefix("content-length:") {
        length = Int(lower.dropFirst(15).trimmingCharacters(in: .whitespaces)) ?? 0
      } else if lower.hasPrefix("transfer-encoding:") {
        isLost = true
      }
    }
    guard words.count >= 2, !isLost else {
      isLost = true
      return nil
    }
    var request = Request(method: String(words[0]), path: String(words[1]))
    // Known from its head on: the reply may come before the body has passed.
    last = request
    guard length <= Self.longest else {
      let here = min(pending.count - end, length)
      skipped = length - here
      pending.removeFirst(end + here)
      return request
    }
    guard pending.count >= end + length else { return nil }
    request.bytes = Array(pending[..<(end + length)])
    pending.removeFirst(end + length)
    return request
  }
}
