import Foundation
import HTTPTypes
import Hummingbird
import Jobs
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Synchronization

/// How many connections are open, against how many there may be.
final class ConnectionCount: Sendable {
  let limit: Int
  private let count = Atomic(0)

  init(limit: Int) { self.limit = limit }

  /// - Returns: Whether this one is within the limit.
  func open() -> Bool { count.add(1, ordering: .relaxed).newValue <= limit }

  func close() { count.subtract(1, ordering: .relaxed) }
}

/// Guards one connection against what no honest client does: heads and bodies that come too slowly
/// (408), heads that are too large (431) or no HTTP (400), and one connection too many (503). Each
/// is told in a problem document, then the connection closes.
///
/// A reply that is written before its request has come whole (413, 401) ends the connection too,
/// after a moment in which the client can read it: otherwise the rest would be read for nothing.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let count: ConnectionCount
  private let checkInterval: TimeAmount
  private var receipt: RequestReceipt
  private var isOver = false
  private var isReplying = false
  /// Ends with the reply that is being written.
  private var isLast = false
  /// Nothing more is written.
  private var isDone = false
  private var isChecking = false
  private static let linger = TimeAmount.seconds(2)

  init(pace: RequestReceipt.Pace, count: ConnectionCount) {
    self.count = count
    receipt = RequestReceipt(pace: pace)
    let shortest = min(pace.head, pace.grace) / 4
    checkInterval = .milliseconds(
      Int64(max(20, min(1000, shortest.inSeconds * 1000))))
  }

  func handlerAdded(context: ChannelHandlerContext) {
    isOver = !count.open()
    let count = count
    context.channel.closeFuture.whenComplete { _ in count.close() }
    let watch = ArrivalWatch(guarded: self)
    try? context.pipeline.syncOperations.addHandler(watch, position: .first)
    receipt.want(at: .now())
    scheduleCheck(context)
  }

  func bytesArrived(_ number: Int) { receipt.arrive(number, at: .now()) }

  func bytesWanted() { receipt.want(at: .now()) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isDone { return }
    switch unwrapInboundIn(data) {
    case .head:
      receipt.headEnded()
      if isOver {
        refuse(
          Refusal(
            .serviceUnavailable, "too-many-connections",
            "this coordinator has \(count.limit) connections, as many as it takes: try again",
            headers: ["Retry-After": "5"]), context)
        return
      }
    case .body: break
    case .end: receipt.requestEnded()
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if receipt.phase != .idle { scheduleCheck(context) }
    context.fireChannelReadComplete()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? HTTPParserError {
      switch error {
      case .headerOverflow:
        refuse(
          Refusal(
            .requestHeaderFieldsTooLarge, "headers-too-large",
            "the request line or the header fields are too large or too many"), context)
      default:
        refuse(Refusal.invalid("this is no HTTP/1.1 request"), context)
      }
    }
    // Whoever is reading the body must not take what came for all of it.
    context.fireErrorCaught(error)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if isDone {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(var head) where receipt.phase == .body:
      head.headerFields[.connection] = "close"
      isReplying = true
      isLast = true
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .head:
      isReplying = true
      context.write(data, promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      isReplying = false
      guard isLast else { return context.write(data, promise: promise) }
      isDone = true
      context.writeAndFlush(data, promise: promise)
      // Closed at once, the reply could be lost with the unread rest of the request.
      let channel = context.channel
      context.eventLoop.scheduleTask(in: Self.linger) { channel.close(promise: nil) }
    }
  }

  private func scheduleCheck(_ context: ChannelHandlerContext) {
    if isChecking { return }
    isChecking = true
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: checkInterval) {
      let (guarded, context) = bound.value
      guarded.check(context)
    }
  }

  private func check(_ context: ChannelHandlerContext) {
    isChecking = false
    guard context.channel.isActive, receipt.phase != .idle else { return }
    if receipt.isTooSlow(at: .now()) {
      let what = receipt.phase == .head ? "header fields" : "body"
      refuse(
        Refusal(.requestTimeout, "too-slow", "the request's \(what) came too slowly"), context)
    } else {
      scheduleCheck(context)
    }
  }

  /// Writes the problem where no reply has begun, and closes the connection.
  private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
    if isDone { return }
    isDone = true
    let channel = context.channel
    guard !isReplying else {
      channel.close(promise: nil)
      return
    }
    var refusal = refusal
    let id = RequestSource.makeID()
    refusal.problem.requestId = id
    let body = (try? WireFormat.encoder().encode(refusal.problem)) ?? Data("{}".utf8)
    var fields: HTTPFields = [
      .contentType: "application/problem+json", .contentLength: String(body.count),
      .connection: "close",
    ]
    fields.set("X-Request-Id", id)
    for (name, value) in refusal.headers { fields.set(name, value) }
    let status = HTTPResponse.Status.standard(refusal.problem.status)
    context.write(
      wrapOutboundOut(.head(HTTPResponse(status: status, headerFields: fields))), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
      channel.close(mode: .output, promise: nil)
    }
    context.eventLoop.scheduleTask(in: Self.linger) { channel.close(promise: nil) }
  }
}

/// Tells the guard of the connection's bytes, before they are HTTP.
private final class ArrivalWatch: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never

  private let guarded: RequestGuard

  init(guarded: RequestGuard) { self.guarded = guarded }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guarded.bytesArrived(unwrapInboundIn(data).readableBytes)
    context.fireChannelRead(data)
  }

  func read(context: ChannelHandlerContext) {
    guarded.bytesWanted()
    context.read()
  }
}
