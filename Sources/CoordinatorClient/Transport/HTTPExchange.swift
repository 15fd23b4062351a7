import Foundation

/// One request as the transport sends it.
struct HTTPRequest: Sendable {
  enum Body: Sendable {
    case none
    case data(Data)
    case file(URL)
  }

  enum Destination: Sendable {
    /// Kept in memory; a longer body is an error.
    case memory(maximumBytes: Int)
    /// The body of a 2xx reply goes to `receive`, piece by piece, on the transport's thread; it
    /// returns false to end the transfer. Other replies are kept in memory.
    case stream(receive: @Sendable (Data) -> Bool)
  }

  var method: String
  var url: String
  var headers: [(name: String, value: String)] = []
  var body = Body.none
  var destination = Destination.memory(maximumBytes: 64 << 20)
  /// From start to end; nil for transfers that only must not stall.
  var timeoutSeconds: Double?
  /// Without a byte for this long the transfer has failed; nil where silence is normal.
  var stallSeconds: Int?
}

struct HTTPReply: Sendable {
  var status: Int
  /// Lower-case names.
  var headers: [String: String]
  /// Empty when the reply was streamed.
  var body: Data
}

/// Why there is no reply.
enum TransportError: Error {
  case failed(reason: String)
  case tooLarge(maximumBytes: Int)
  case localFile(path: String, reason: String)
}

/// What every request of a client has in common.
struct TransportSettings: Sendable {
  /// PEM file of the authorities to trust instead of the system's.
  var certificateAuthority: URL?
  var connectTimeoutSeconds: Double
  /// Whether proxies from the environment are ignored (the coordinator is on this machine).
  var ignoresProxy: Bool
}
