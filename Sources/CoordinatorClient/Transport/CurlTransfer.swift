import CLibcurl
import Foundation

/// One request on its way: libcurl's handle with what its callbacks need. Lives on the transport's
/// thread only.
final class CurlTransfer {
  typealias Completion = @Sendable (Result<HTTPReply, any Error>) -> Void

  let handle: UnsafeMutableRawPointer
  private let completion: Completion
  private let destination: HTTPRequest.Destination
  private let errorBuffer: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var upload: FileHandle?
  private var headers: [String: String] = [:]
  private var body = Data()
  private var failure: TransportError?

  /// - Throws: `TransportError` when the handle cannot be made or the body not be read.
  init(_ request: HTTPRequest, settings: TransportSettings, completion: @escaping Completion)
    throws
  {
    guard let handle = curl_easy_init() else {
      throw TransportError.failed(reason: "libcurl has no memory for a request")
    }
    self.handle = handle
    self.completion = completion
    destination = request.destination
    errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    try configure(request, settings: settings)
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(headerList)
    errorBuffer.deallocate()
    try? upload?.close()
  }

  /// Hands the outcome to whoever waits.
  func finish(_ code: CURLcode) {
    if let failure { return completion(.failure(failure)) }
    guard code == CURLE_OK else {
      let reason = String(cString: nnlut_curl_error_text(code, errorBuffer))
      return completion(.failure(TransportError.failed(reason: reason)))
    }
    completion(.success(HTTPReply(status: status, headers: headers, body: body)))
  }

  func cancel() { completion(.failure(CancellationError())) }

  private var status: Int {
    var status = 0
    return nnlut_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0
  }

  private func configure(_ request: HTTPRequest, settings: TransportSettings) throws {
    let context = Unmanaged.passUnretained(self).toOpaque()
    var codes = [
      nnlut_curl_set_text(handle, CURLOPT_URL, request.url),
      nnlut_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https"),
      nnlut_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method),
      nnlut_curl_set_text(handle, CURLOPT_USERAGENT, "nnlut"),
      nnlut_curl_set_long(handle, CURLOPT_NOSIGNAL, 1),
      nnlut_curl_set_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1),
      nnlut_curl_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1),
      nnlut_curl_set_long(handle, CURLOPT_TCP_KEEPIDLE, 15),
      nnlut_curl_set_long(handle, CURLOPT_TCP_KEEPINTVL, 5),
      nnlut_curl_set_long(
        handle, CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeoutSeconds * 1000)),
      nnlut_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorBuffer),
      nnlut_curl_set_writer(handle, receiveBody, context),
      nnlut_curl_set_header_reader(handle, receiveHeader, context),
    ]
    if settings.ignoresProxy { codes.append(nnlut_curl_set_text(handle, CURLOPT_NOPROXY, "*")) }
    if let file = settings.certificateAuthority {
      codes.append(nnlut_curl_set_text(handle, CURLOPT_CAINFO, file.path))
    }
    if let seconds = request.timeoutSeconds {
      codes.append(nnlut_curl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(seconds * 1000)))
    }
    if let seconds = request.stallSeconds {
      codes.append(nnlut_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1))
      codes.append(nnlut_curl_set_long(handle, CURLOPT_LOW_SPEED_TIME, seconds))
    }
    // An empty `Expect:` keeps libcurl from waiting a second for "100 Continue".
    for (name, value) in request.headers + [("Expect", "")] {
      let line = value.isEmpty ? "\(name):" : "\(name): \(value)"
      headerList = curl_slist_append(headerList, line)
    }
    codes.append(nnlut_curl_set_list(handle, CURLOPT_HTTPHEADER, headerList))
    codes.append(try attach(request.body, context: context))
    if let code = codes.first(where: { $0 != CURLE_OK }) {
      throw TransportError.failed(
        reason: "libcurl refuses an option: " + String(cString: nnlut_curl_error_text(code, nil)))
    }
  }

  private func attach(_ body: HTTPRequest.Body, context: UnsafeMutableRawPointer) throws
    -> CURLcode
  {
    switch body {
    case .none:
      return CURLE_OK
    case .data(let data):
      return data.withUnsafeBytes {
        nnlut_curl_set_body(handle, $0.baseAddress, $0.count)
      }
    case .file(let url):
      do {
        let file = try FileHandle(forReadingFrom: url)
        upload = file
        let size = try file.seekToEnd()
        try file.seek(toOffset: 0)
        return nnlut_curl_set_reader(handle, sendBody, seekBody, context, curl_off_t(size))
      } catch {
        throw TransportError.localFile(path: url.path, reason: "cannot be read: \(error)")
      }
    }
  }

  // MARK: - What libcurl calls

  fileprivate func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if case .stream(let receive) = destination, (200..<300).contains(status) {
      return receive(Data(bytes))
    }
    var maximumBytes = 1 << 20
    if case .memory(let limit) = destination { maximumBytes = limit }
    guard body.count + bytes.count <= maximumBytes else {
      failure = .tooLarge(maximumBytes: maximumBytes)
      return false
    }
    body.append(contentsOf: bytes)
    return true
  }

  fileprivate func receivedHeader(_ bytes: UnsafeRawBufferPointer) {
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") { headers = [:] }
    guard let colon = line.firstIndex(of: ":") else { return }
    headers[line[..<colon].lowercased()] =
      line[line.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)
  }

  fileprivate func send(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard let upload else { return nil }
    do {
      guard let piece = try upload.read(upToCount: buffer.count) else { return 0 }
      buffer.copyBytes(from: piece)
      return piece.count
    } catch {
      failure = .failed(reason: "the file to upload cannot be read: \(error)")
      return nil
    }
  }

  fileprivate func seek(to offset: UInt64) -> Bool {
    do {
      try upload?.seek(toOffset: offset)
      return true
    } catch { return false }
  }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
  context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
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

private func sendBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let room = UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
  return transfer(context)?.send(into: room) ?? Int(CURL_READFUNC_ABORT)
}

private func seekBody(
  _ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32
) -> Int32 {
  guard origin == SEEK_SET, let offset = UInt64(exactly: offset) else {
    return CURL_SEEKFUNC_CANTSEEK
  }
  return transfer(context)?.seek(to: offset) == true ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
}
