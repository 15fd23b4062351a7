import CLibcurl
import Foundation
import Synchronization

/// Sends requests with one libcurl "multi" handle on one thread of its own: any number at the same
/// time, connections reused, nothing ever blocks the cooperative pool.
///
/// The thread lives as long as the transport; requests under way when the transport goes away are
/// cancelled.
final class HTTPTransport: Sendable {
  private let loop: CurlLoop

  init(settings: TransportSettings) { loop = CurlLoop(settings: settings) }

  deinit { loop.stop() }

  /// - Throws: `TransportError`, or `CancellationError` when the calling Swift task is cancelled.
  func send(_ request: HTTPRequest) async throws -> HTTPReply {
    let id = loop.nextID()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        loop.submit(id: id, request) { continuation.resume(with: $0) }
        // Cancelled before there was anything to cancel.
        if Task.isCancelled { loop.cancel(id) }
      }
    } onCancel: {
      loop.cancel(id)
    }
  }
}

/// The thread's side of the transport.
private final class CurlLoop: Sendable {
  private struct Submission: Sendable {
    var id: UInt64
    var request: HTTPRequest
    var completion: CurlTransfer.Completion
  }

  private struct Mailbox: Sendable {
    var lastID: UInt64 = 0
    var submissions: [Submission] = []
    var cancellations: [UInt64] = []
    /// The thread should end.
    var isStopped = false
    /// The thread has ended, and with it the multi handle.
    var hasEnded = false
  }

  private let settings: TransportSettings
  private let mailbox = Mutex(Mailbox())
  // A libcurl multi handle; only its wake-up call is used off the loop's thread, which libcurl
  // allows.
  private nonisolated(unsafe) let multi: UnsafeMutableRawPointer?

  init(settings: TransportSettings) {
    self.settings = settings
    _ = LibcurlStart.done
    multi = curl_multi_init()
    let thread = Thread { self.run() }
    thread.name = "nnlut-http"
    thread.start()
  }

  func nextID() -> UInt64 {
    mailbox.withLock {
      $0.lastID += 1
      return $0.lastID
    }
  }

  func submit(
    id: UInt64, _ request: HTTPRequest, completion: @escaping CurlTransfer.Completion
  ) {
    let isAccepted = post {
      $0.submissions.append(Submission(id: id, request: request, completion: completion))
    }
    if !isAccepted {
      completion(.failure(TransportError.failed(reason: "libcurl does not start (no memory)")))
    }
  }

  func cancel(_ id: UInt64) { _ = post { $0.cancellations.append(id) } }

  func stop() { _ = post { $0.isStopped = true } }

  /// Changes the mailbox and wakes the thread; false when it has ended.
  private func post(_ change: (inout Mailbox) -> Void) -> Bool {
    mailbox.withLock { box in
      guard !box.hasEnded, let multi else { return false }
      change(&box)
      curl_multi_wakeup(multi)
      return true
    }
  }

  private func run() {
    guard let multi else { return }
    nnlut_curl_block_broken_pipe_signal()
    var transfers = TransferTable()
    while true {
      let mail = mailbox.withLock { box in
        defer {
          box.submissions = []
          box.cancellations = []
          box.hasEnded = box.isStopped
        }
        return box
      }
      for submission in mail.submissions { start(submission, on: multi, in: &transfers) }
      for id in mail.isStopped ? transfers.ids : mail.cancellations {
        guard let transfer = transfers.remove(id: id) else { continue }
        curl_multi_remove_handle(multi, transfer.handle)
        transfer.cancel()
      }
      if mail.isStopped { break }
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      var code = CURLE_OK
      while let handle = nnlut_curl_multi_finished(multi, &code) {
        curl_multi_remove_handle(multi, handle)
        transfers.remove(handle: handle)?.finish(code)
      }
      curl_multi_poll(multi, nil, 0, 60_000, nil)
    }
    curl_multi_cleanup(multi)
  }

  private func start(
    _ submission: Submission, on multi: UnsafeMutableRawPointer, in transfers: inout TransferTable
  ) {
    do {
      let transfer = try CurlTransfer(
        submission.request, settings: settings, completion: submission.completion)
      let code = curl_multi_add_handle(multi, transfer.handle)
      guard code == CURLM_OK else {
        throw TransportError.failed(reason: String(cString: curl_multi_strerror(code)))
      }
      transfers.insert(transfer, id: submission.id)
    } catch {
      submission.completion(.failure(error))
    }
  }
}

/// The requests under way, found by number and by libcurl's handle.
private struct TransferTable {
  private var transfers: [UInt64: CurlTransfer] = [:]
  private var numbers: [UnsafeMutableRawPointer: UInt64] = [:]

  var ids: [UInt64] { Array(transfers.keys) }

  mutating func insert(_ transfer: CurlTransfer, id: UInt64) {
    transfers[id] = transfer
    numbers[transfer.handle] = id
  }

  mutating func remove(id: UInt64) -> CurlTransfer? {
    guard let transfer = transfers.removeValue(forKey: id) else { return nil }
    numbers[transfer.handle] = nil
    return transfer
  }

  mutating func remove(handle: UnsafeMutableRawPointer) -> CurlTransfer? {
    numbers[handle].flatMap { remove(id: $0) }
  }
}

/// libcurl's one-time set-up, which must not run twice at the same time.
private enum LibcurlStart {
  static let done: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
