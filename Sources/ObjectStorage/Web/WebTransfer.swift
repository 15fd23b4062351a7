import CLibcurl
import Foundation

/// One HTTP request, blocking, with libcurl's "easy" interface. Follows no redirect.
final class WebTransfer {
  struct Request {
    var url: String
    var headers: [String] = []
    var allowsPrivateAddresses: Bool
    var connectTimeoutSeconds: Int
    var stallSeconds: Int
  }

  struct Reply {
    var status: Int
    /// Lower-case names.
    var headers: [String: String]
    /// Where a redirect leads, absolute.
    var redirect: String?
  }

  /// Why there is no (whole) reply.
  enum Failure: Error {
    /// The connection did not come about or broke: worth another try.
    case broken(String)
    /// The address is private.
    case privateAddress(String)
    /// No other try will help, for example a certificate that is not trusted.
    case final(String)
  }

  /// Takes a piece of a reply's body; throws to end the transfer.
  typealias Receiver = (Reply, UnsafeRawBufferPointer) throws -> Void

  private let handle: UnsafeMutableRawPointer
  private let receive: Receiver
  private let check: () throws -> Void
  private var headers: [String: String] = [:]
  private var thrown: (any Error)?

  private init(
    handle: UnsafeMutableRawPointer, receive: @escaping Receiver,
    check: @escaping () throws -> Void
  ) {
    self.handle = handle
    self.receive = receive
    self.check = check
  }

  /// - Parameter check: Called at least once a second; throws to end the transfer.
  /// - Throws: `Failure`; what `receive` and `check` throw.
  static func perform(
    _ request: Request, receive: Receiver, check: () throws -> Void
  ) throws -> Reply {
    guard LibcurlStart.done, let handle = curl_easy_init() else {
      throw Failure.final("libcurl does not start (no memory)")
    }
    defer { curl_easy_cleanup(handle) }
    nnlut_curl_block_broken_pipe_signal()
    return try withoutActuallyEscaping(receive) { receive in
      try withoutActuallyEscaping(check) { check in
        try WebTransfer(handle: handle, receive: receive, check: check).run(request)
      }
    }
  }

  private func run(_ request: Request) throws -> Reply {
    var list: UnsafeMutablePointer<curl_slist>?
    for header in request.headers { list = curl_slist_append(list, header) }
    defer { curl_slist_free_all(list) }
    let context = Unmanaged.passUnretained(self).toOpaque()
    return try withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CURL_ERROR_SIZE)) {
      buffer in
      buffer.initialize(repeating: 0)
      var guardian = nnlut_address_guard()
      guardian.allows_private = request.allowsPrivateAddresses ? 1 : 0
      return try withUnsafeMutablePointer(to: &guardian) { guardian in
        let codes = [
          nnlut_curl_set_text(handle, CURLOPT_URL, request.url),
          nnlut_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https"),
          nnlut_curl_set_text(handle, CURLOPT_USERAGENT, "nnlut"),
          nnlut_curl_set_long(handle, CURLOPT_NOSIGNAL, 1),
          nnlut_curl_set_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1),
          nnlut_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, request.connectTimeoutSeconds),
          nnlut_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1),
          nnlut_curl_set_long(handle, CURLOPT_LOW_SPEED_TIME, request.stallSeconds),
          // A proxy would connect to any address for us, unseen by the guard.
          nnlut_curl_set_text(
            handle, CURLOPT_NOPROXY, request.allowsPrivateAddresses ? nil : "*"),
          nnlut_curl_set_address_guard(handle, guardian),
          nnlut_curl_set_list(handle, CURLOPT_HTTPHEADER, list),
          nnlut_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, buffer.baseAddress),
          nnlut_curl_set_writer(handle, receiveBody, context),
          nnlut_curl_set_header_reader(handle, receiveHeader, context),
          nnlut_curl_set_progress(handle, checkProgress, context),
        ]
        let code = codes.first { $0 != CURLE_OK } ?? curl_easy_perform(handle)
        if let thrown { throw thrown }
        guard code == CURLE_OK else {
          let text = String(cString: nnlut_curl_error_text(code, buffer.baseAddress))
          throw failure(code, text: text, guardian: guardian)
        }
        return reply
      }
    }
  }

  private func failure(
    _ code: CURLcode, text: String, guardian: UnsafePointer<nnlut_address_guard>
  ) -> Failure {
    if guardian.pointee.refused != 0 {
      let address = withUnsafeBytes(of: guardian.pointee.address) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      return .privateAddress(address)
    }
    let passing = [
      CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT,
      CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING,
      CURLE_SSL_CONNECT_ERROR,
    ]
    return passing.contains(code) ? .broken(text) : .final(text)
  }

  private var reply: Reply {
    var status = 0
    _ = nnlut_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    let redirect = nnlut_curl_get_text(handle, CURLINFO_REDIRECT_URL).map(String.init(cString:))
    return Reply(status: status, headers: headers, redirect: redirect)
  }

  // MARK: - What libcurl calls

  fileprivate func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
    attempt { try receive(reply, bytes) }
  }

  fileprivate func receivedHeader(_ bytes: UnsafeRawBufferPointer) {
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") { headers = [:] }
    guard let colon = line.firstIndex(of: ":") else { return }
    headers[line[..<colon].lowercased()] =
      line[line.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)
  }

  fileprivate func mayGoOn() -> Bool { attempt(check) }

  private func attempt(_ body: () throws -> Void) -> Bool {
    guard thrown == nil else { return false }
    do {
      try body()
      return true
    } catch {
      thrown = error
      return false
    }
  }
}

/// libcurl's one-time set-up.
private enum LibcurlStart {
  static let done: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> WebTransfer? {
  context.map { Unmanaged<WebTransfer>.fromOpaque($0).takeUnretainedValue() }
}

private func receiveBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return transfer(context)?.received(piece) == true ? piece.count : piece.count &+ 1
}

private func receiveHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
  transfer(context)?.receivedHeader(piece)
  return piece.count
}

private func checkProgress(
  _ context: UnsafeMutableRawPointer?, _ downloadTotal: curl_off_t, _ downloaded: curl_off_t,
  _ uploadTotal: curl_off_t, _ uploaded: curl_off_t
) -> Int32 {
  transfer(context)?.mayGoOn() == true ? 0 : 1
}
