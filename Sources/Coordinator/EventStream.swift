import Foundation
import Hummingbird
import JobStore
import Jobs
import Logging

/// `GET /v1/jobs/{job}/events`: a job's history as server-sent events, resumable, until its end.
struct EventStream: Sendable {
  let store: JobStore
  let signals: Signals
  let timing: CoordinatorTiming
  private static let batch = 200

  var routes: [Route] { [Route(.get, "/v1/jobs/{job}/events", .role(.read), stream)] }

  /// Starts after the event named by `Last-Event-ID` or `?after=`; `?follow=false` ends when the
  /// history so far has been sent.
  @Sendable private func stream(_ request: APIRequest) async throws -> Response {
    let follows = try request.flag("follow", default: true)
    let after = try start(request)
    let job = try await store.jobID(try request.parameter("job"))
    let connection = request.connection
    return Response(
      status: .ok,
      headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
      body: ResponseBody { writer in
        var writer = writer
        do {
          try await signals.withSubscription(to: [.job(job)], on: connection) { subscription in
            try await send(
              job, after: after, follows: follows, to: &writer, until: subscription)
          }
        } catch {
          // The client resumes from the last event it got.
          request.logger.debug("event stream ended early", metadata: ["error": "\(error)"])
          throw error
        }
        try await writer.finish(nil)
      })
  }

  private func start(_ request: APIRequest) throws -> Int64 {
    let header = request.request.headers.value("Last-Event-ID")
    guard let text = header ?? request.query("after") else { return 0 }
    guard let id = Int64(text), id >= 0 else {
      throw Refusal.invalid(
        "\(header == nil ? "?after" : "Last-Event-ID") '\(text.prefix(40))' is no event id")
    }
    return id
  }

  private func send(
    _ job: UUID, after start: Int64, follows: Bool, to writer: inout any ResponseBodyWriter,
    until subscription: Subscription
  ) async throws {
    var last = start
    var sentAt = ContinuousClock.now
    while !subscription.isEnded {
      // The state first: a job that is final now has no event after those that follow.
      let isFinal = try await store.job(job).state.isFinal
      let events = try await store.events(job: job, after: last, limit: Self.batch)
      if !events.isEmpty {
        try await writer.write(ByteBuffer(string: try events.map(Self.text).joined()))
        sentAt = .now
        last = events.map(\.id).max() ?? last
      }
      if events.count == Self.batch { continue }
      if isFinal || !follows { return }
      if ContinuousClock.now - sentAt >= timing.keepAlive {
        try await writer.write(ByteBuffer(string: ": keep-alive\n\n"))
        sentAt = .now
      }
      let untilKeepAlive = timing.keepAlive - (ContinuousClock.now - sentAt)
      await subscription.wait(atMost: min(timing.poll.jittered(), untilKeepAlive))
    }
  }

  /// One event in the stream's text form; JSON has no raw line breaks, so data is one line.
  private static func text(_ event: JobEvent) throws -> String {
    let data = String(decoding: try WireFormat.encoder().encode(event), as: UTF8.self)
    return "id: \(event.id)\nevent: \(event.event)\ndata: \(data)\n\n"
  }
}
