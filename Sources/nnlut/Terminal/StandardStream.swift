import Foundation

/// Writing without Foundation's `FileHandle.write(_:)`, which traps when the disk is full.
enum StandardStream {
  /// - Returns: Nil once all is written, else `errno`.
  static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
  }

  /// - Returns: Nil once all is written, else `errno`.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        written += count
      } else if errno == EAGAIN {
        // A terminal or pipe that somebody made non-blocking.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, 1000)
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }
}
