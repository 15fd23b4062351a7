import Foundation
import Glibc
import Logging
import Synchronization

/// What a listener hears.
public enum PostgresNotification: Hashable, Sendable {
  case notification(channel: String, payload: String)
  /// The connection is there, or there again: what was sent before may have been missed.
  case connected
}

/// Listens on channels over a connection of its own and makes it anew when it is lost.
public enum PostgresListener {
  /// Begins to listen; ends when the stream is no longer used.
  /// - Parameter channels: Names of channels, in `[a-z_]+`.
  public static func notifications(
    configuration: PostgresConfiguration, channels: [String], logger: Logger
  ) -> AsyncStream<PostgresNotification> {
    AsyncStream(bufferingPolicy: .bufferingNewest(10_000)) { continuation in
      guard let wake = WakePipe() else {
        logger.error("no file descriptor for a listener")
        continuation.finish()
        return
      }
      continuation.onTermination = { _ in wake.stop() }
      let thread = Thread {
        var pause = 50.0
        while !wake.isStopped {
          do {
            let session = try LibpqSession(configuration)
            defer { session.close() }
            try session.execute(channels.map { "LISTEN \($0)" }.joined(separator: "; "))
            pause = 50
            continuation.yield(.connected)
            while wake.waitForInput(on: session.socket, milliseconds: -1) {
              for (channel, payload) in try session.notifications() {
                continuation.yield(.notification(channel: channel, payload: payload))
              }
            }
          } catch {
            logger.warning("listener disconnected", metadata: ["reason": "\(error)"])
            _ = wake.waitForInput(on: -1, milliseconds: Int32(pause * .random(in: 0.5...1)))
            pause = min(2 * pause, 2000)
          }
        }
        wake.close()
        continuation.finish()
      }
      thread.name = "postgres.listen"
      thread.stackSize = 512 << 10
      thread.start()
    }
  }
}

/// Lets another thread end a wait for a socket.
private final class WakePipe: Sendable {
  private struct State {
    var isStopped = false
    var isClosed = false
  }

  private let reading: Int32
  private let writing: Int32
  private let state = Mutex(State())

  init?() {
    var descriptors: [Int32] = [-1, -1]
    guard pipe(&descriptors) == 0 else { return nil }
    for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    reading = descriptors[0]
    writing = descriptors[1]
  }

  var isStopped: Bool { state.withLock { $0.isStopped } }

  func stop() {
    state.withLock { state in
      state.isStopped = true
      guard !state.isClosed else { return }
      var byte: UInt8 = 1
      _ = write(writing, &byte, 1)
    }
  }

  /// Waits until `socket` has input or the time is over; false when stopped.
  /// - Parameter milliseconds: -1 waits for ever.
  func waitForInput(on socket: Int32, milliseconds: Int32) -> Bool {
    var descriptors = [
      pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
      pollfd(fd: reading, events: Int16(POLLIN), revents: 0),
    ]
    _ = poll(&descriptors, nfds_t(descriptors.count), milliseconds)
    return !isStopped
  }

  func close() {
    state.withLock { state in
      state.isClosed = true
      _ = Glibc.close(reading)
      _ = Glibc.close(writing)
    }
  }
}
