import Foundation
import Jobs
import Synchronization

extension CoordinatorClient {
  /// A job's history from after event `after` on. Ends when the job is final, or with `follow:
  /// false` after what there is now. A broken connection is taken up again where it broke, for
  /// as long as the coordinator cannot be reached; ending the loop over the stream ends the request.
  public func events(_ job: String, after: Int64? = nil, follow: Bool = true)
    -> AsyncThrowingStream<JobEvent, any Error>
  {
    AsyncThrowingStream { continuation in
      let task = Task {
        do {
          try await self.pump(job, after: after, follow: follow) { continuation.yield($0) }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private func pump(
    _ job: String, after: Int64?, follow: Bool, yield: @escaping @Sendable (JobEvent) -> Void
  ) async throws {
    let reader = EventReader(last: after, yield: yield)
    let backoff = RetryPolicy(
      maximumTries: .max, firstDelay: .milliseconds(100), longestDelay: .seconds(5))
    var failures = 0
    var follow = follow
    while true {
      let before = reader.last
      var request = APIRequest("GET", ["jobs", job, "events"], isRepeatable: false)
        .transferring(.stream { reader.append($0) })
      request.headers = [("Accept", "text/event-stream")]
      if let last = reader.last { request.headers.append(("Last-Event-ID", String(last))) }
      if !follow { request.query = [("follow", "false")] }
      do {
        reader.begin()
        _ = try await send(request)
        try reader.check(endpoint: endpoint)
        guard follow else { return }
        // A coordinator that stops ends its streams too. When it was the job that ended, what
        // came between the stream's end and now is fetched, and that is all.
        follow = try await !self.job(job).state.isFinal
        if !follow { continue }
      } catch let error as CoordinatorClientError {
        try reader.check(endpoint: endpoint)
        guard error.isTransient else { throw error }
      }
      failures = reader.last == before ? failures + 1 : 1
      try await Task.sleep(for: backoff.delay(after: failures))
    }
  }
}

/// Turns the stream's bytes into events, on the transport's thread, and remembers the last one.
private final class EventReader: Sendable {
  private struct State: Sendable {
    var parser = ServerSentEvents()
    var last: Int64?
    var failure: String?
  }

  private let state: Mutex<State>
  private let yield: @Sendable (JobEvent) -> Void

  init(last: Int64?, yield: @escaping @Sendable (JobEvent) -> Void) {
    state = Mutex(State(last: last))
    self.yield = yield
  }

  var last: Int64? { state.withLock(\.last) }

  /// A new connection: half an event of the old one is dropped.
  func begin() { state.withLock { $0.parser = ServerSentEvents() } }

  func append(_ bytes: Data) -> Bool {
    state.withLock { state in
      do {
        for event in try state.parser.append(bytes) {
          let value = try WireFormat.decoder().decode(JobEvent.self, from: Data(event.data.utf8))
          if let last = state.last, value.id <= last { continue }
          state.last = value.id
          yield(value)
        }
        return true
      } catch {
        state.failure = "an event that cannot be read: \("\(error)".prefix(300))"
        return false
      }
    }
  }

  func check(endpoint: URL) throws {
    if let reason = state.withLock(\.failure) {
      throw CoordinatorClientError.invalidReply(
        endpoint: endpoint.absoluteString, reason: reason)
    }
  }
}
