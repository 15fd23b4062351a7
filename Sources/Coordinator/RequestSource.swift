import Hummingbird
import Logging
import NIOCore

/// What hummingbird knows about a request besides the request: its connection and its logger, which
/// carries the request's id.
struct RequestSource: InitializableFromSource {
  let channel: any Channel
  let logger: Logger
  let requestID: String

  init(source: ApplicationRequestContextSource) {
    channel = source.channel
    logger = source.logger
    requestID = source.logger[metadataKey: "hb.request.id"].map { "\($0)" } ?? "unknown"
  }
}
