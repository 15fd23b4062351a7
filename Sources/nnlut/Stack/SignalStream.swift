@preconcurrency import Dispatch
import Foundation

/// Signals as a stream: from the moment it exists the listed signals no longer end the process.
final class SignalStream: Sendable {
  let signals: AsyncStream<Int32>
  private let sources: [any DispatchSourceSignal]

  init(_ watched: [Int32]) {
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    signals = stream
    sources = watched.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield(number) }
      source.resume()
      return source
    }
  }

  /// Waits for the first signal.
  func first() async -> Int32? {
    for await signal in signals { return signal }
    return nil
  }
}
