import Foundation
import Hummingbird
import Logging
import NIOCore

/// What hummingbird knows about a request besides the request: its connection and its logger, which
/// carries the request's id.
struct RequestSource: InitializableFromSource {
  let channel: any Channel
  private(set) var logger: Logger
  /// Empty until ``identify(_:)``.
  private(set) var requestID = ""

  init(source: ApplicationRequestContextSource) {
    channel = source.channel
    logger = source.logger
  }

  /// The client's address without its port; strangers are told apart by it.
  var address: String { channel.remoteAddress?.ipAddress ?? "unknown" }

  /// Takes the request's id from the client (`X-Request-Id`), or makes one when it sent none that
  /// can stand in a log: 1 to 64 letters, digits, `.`, `_` and `-`.
  mutating func identify(_ proposed: String?) {
    if let proposed, Self.isID(proposed) {
      requestID = proposed
    } else {
      requestID = Self.makeID()
    }
    logger[metadataKey: "hb.request.id"] = nil
    logger[metadataKey: "request"] = "\(requestID)"
  }

  /// 32 random digits. (A `UUID` opens a device and formats with `printf`, for every request.)
  static func makeID() -> String {
    (0..<2).map { _ in
      let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
      return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }.joined()
  }

  private static func isID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
