import CLibcurl
import Foundation

/// Connections that requests of one thread go over, one after the other.
final class WebConnections {
  fileprivate let handle: UnsafeMutableRawPointer?

  init() { handle = LibcurlStart.done ? curl_easy_init() : nil }

  deinit { curl_easy_cleanup(handle) }
}

/// One HTTP request, blocking, with libcurl's "easy" interface. Follows no redirect.
final class WebTransfer {
  struct Request {
    var url: String
    var headers: [String] = []
    var allowsPrivateAddresses: Bool
    /// Connects to no public address.
    var requiresPrivateAddresses = false
    /// PEM file of the authorities to trust instead of the system's.
    var certificateAuthority: URL?
    var signature: Signature?
    var connectTimeoutSeconds: Int
    var stallSeconds: Int
    var minimumBytesPerSecond: Int
  }

  /// libcurl's AWS signature, version 4; the query must be in canonical form already.
  struct Signature {
    var region: String
    var credentials: S3Credentials
  }

  struct Reply {
    var status: Int
    /// Lower-case names.
    var headers: [String: String]
    /// Where a redirect leads, absolute.
    var redirect: String?
    /// How the body of a redirect or refusal (status 300 and above) begins.
    var refusal = Data()
  }

  /// Why there is no (whole) reply.
  enum Failure: Error {
    /// The connection did not come about or broke: worth another try.
    case broken(String)
    /// It came too slowly: worth another try, but what it brought is no progress.
    case stalled(String)
    /// The address is private.
    case privateAddress(String)
    /// The address is not, and plain `http:` is for private ones only.
    case publicAddress(String)
    /// The server's certificate is not trusted, or the authorities to trust cannot be read.
    case untrusted(String)
    /// No other try will help.
    case final(String)
  }

  /// Takes a piece of the body of a reply that is neither redirect nor refusal; throws to end the transfer.
  typealias Receiver = (Reply, UnsafeRawBufferPointer) throws -> Void

  private let handle: UnsafeMutableRawPointer
  private let receive: Receiver
  private let check: () throws -> Void
  private var headers: [String: String] = [:]
  private var refusal = Data()
  private static let maximumRefusalBytes = 8 << 10
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
    _ request: Request, over connections: WebConnections, receive: Receiver,
    check: () throws -> Void
  ) throws -> Reply {
    guard let handle = connections.handle else {
      throw Failure.final("libcurl does not start (no memory)")
    }
    curl_easy_reset(handle)
    // Else it would point to what is gone.
    defer { curl_easy_reset(handle) }
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
      guardian.requires_private = request.requiresPrivateAddresses ? 1 : 0
      return try withUnsafeMutablePointer(to: &guardian) { guardian in
        let codes =
          plainOptions(request) + secretOptions(request) + [
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

  private func plainOptions(_ request: Request) -> [CURLcode] {
    // A proxy would connect to any address for us, unseen by the guard.
    let usesProxies = request.allowsPrivateAddresses && !request.requiresPrivateAddresses
    var codes = [
      nnlut_curl_set_text(handle, CURLOPT_URL, request.url),
      nnlut_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https"),
      nnlut_curl_set_text(handle, CURLOPT_USERAGENT, "nnlut"),
      nnlut_curl_set_long(handle, CURLOPT_NOSIGNAL, 1),
      nnlut_curl_set_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1),
      // A key may hold `//`, which is another key than `/`.
      nnlut_curl_set_long(handle, CURLOPT_PATH_AS_IS, 1),
      nnlut_curl_set_long(handle, CURLOPT_DISALLOW_USERNAME_IN_URL, 1),
      nnlut_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, request.connectTimeoutSeconds),
      nnlut_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, request.minimumBytesPerSecond),
      nnlut_curl_set_long(handle, CURLOPT_LOW_SPEED_TIME, request.stallSeconds),
      nnlut_curl_set_text(handle, CURLOPT_NOPROXY, usesProxies ? nil : "*"),
    ]
    if let file = request.certificateAuthority {
      codes.append(nnlut_curl_set_text(handle, CURLOPT_CAINFO, file.path))
    }
    return codes
  }

  private func secretOptions(_ request: Request) -> [CURLcode] {
    guard let signature = request.signature else { return [] }
    return [
      nnlut_curl_set_text(handle, CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):s3"),
      nnlut_curl_set_text(handle, CURLOPT_USERNAME, signature.credentials.accessKey),
      nnlut_curl_set_text(handle, CURLOPT_PASSWORD, signature.credentials.secretKey),
    ]
  }

  private func failure(
    _ code: CURLcode, text: String, guardian: UnsafePointer<nnlut_address_guard>
  ) -> Failure {
    if guardian.pointee.refused != 0 {
      let address = withUnsafeBytes(of: guardian.pointee.address) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      return guardian.pointee.allows_private != 0
        ? .publicAddress(address) : .privateAddress(address)
    }
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR,
      CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_SSL_CONNECT_ERROR:
      return .broken(text)
    case CURLE_OPERATION_TIMEDOUT: return .stalled(text)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: return .untrusted(text)
    default: return .final(text)
    }
  }

  private var reply: Reply {
    var status = 0
    _ = nnlut_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    let redirect = nnlut_curl_get_text(handle, CURLINFO_REDIRECT_URL).map(String.init(cString:))
    return Reply(status: status, headers: headers, redirect: redirect, refusal: refusal)
  }

  // MARK: - What libcurl calls

  fileprivate func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
    attempt {
      let reply = reply
      guard reply.status >= 300 else { return try receive(reply, bytes) }
      // The rest of a long page is of no use.
      refusal.append(contentsOf: bytes.prefix(Self.maximumRefusalBytes - refusal.count))
    }
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
