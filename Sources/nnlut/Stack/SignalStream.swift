@preconcurrency import Dispatch
import Foundation

/// Signals as a stream: from the moment it exists the listed signals no longer end the process.
final class SignalStream: Sendable {
  let signals: AsyncStream<Int32>
  private let sources: [any DispatchSourceSignal]

  /// A hangup that the starter said to ignore (`nohup`) stays ignored.
  init(_ watched: [Int32]) {
    let watched = watched.filter { $0 != SIGHUP || !Self.isIgnored($0) }
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

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Waits for the first signal.
  func first() async -> Int32? {
    for await signal in signals { return signal }
    return nil
  }
}
