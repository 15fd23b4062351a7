import Foundation
import Glibc

/// A reply, as it came.
struct RawResponse: Sendable {
  var status: Int
  /// Names in lower case.
  var headers: [String: String]
  var body: Data

  var text: String { String(decoding: body, as: UTF8.self) }
}

struct RawError: Error, CustomStringConvertible {
  var description: String
}

/// One TCP connection on loopback that sends exactly what it is told to: for requests that no
/// honest client makes. Calls block a thread of their own, never the cooperative pool.
final class RawConnection: Sendable {
  private let descriptor: Int32
  private let queue = DispatchQueue(label: "raw connection")

  /// - Parameter timeoutSeconds: A reply that takes longer is an error.
  init(port: Int, timeoutSeconds: Int = 30) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw RawError(description: "no socket: errno \(errno)") }
    var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      let reason = errno
      Glibc.close(descriptor)
      throw RawError(description: "cannot connect to port \(port): errno \(reason)")
    }
  }

  deinit { Glibc.close(descriptor) }

  /// Ends both directions; the descriptor itself lives as long as the object.
  func disconnect() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  func send(_ bytes: Data) async throws {
    try await onQueue {
      var sent = 0
      while sent < bytes.count {
        let count = bytes[(bytes.startIndex + sent)...].withUnsafeBytes {
          Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { throw RawError(description: "cannot send: errno \(errno)") }
        sent += count
      }
    }
  }

  /// Sends a request; `Content-Length` is added unless `headers` has one.
  func send(
    _ method: String, _ path: String, token: String? = nil, headers: [String: String] = [:],
    body: Data = Data()
  ) async throws {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if let token { head += "Authorization: Bearer \(token)\r\n" }
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if headers["Content-Length"] == nil { head += "Content-Length: \(body.count)\r\n" }
    try await send(Data((head + "\r\n").utf8) + body)
  }

  /// Reads one whole reply.
  func receive() async throws -> RawResponse {
    try await onQueue {
      var buffer = Data()
      while buffer.range(of: Data("\r\n\r\n".utf8)) == nil { try self.read(into: &buffer) }
      guard let end = buffer.range(of: Data("\r\n\r\n".utf8)) else { throw Self.cut }
      var response = try Self.head(buffer[..<end.lowerBound])
      buffer = Data(buffer[end.upperBound...])
      if response.headers["transfer-encoding"] == "chunked" {
        response.body = try self.chunks(&buffer)
      } else {
        let length = Int(response.headers["content-length"] ?? "0") ?? 0
        while buffer.count < length { try self.read(into: &buffer) }
        response.body = buffer.prefix(length)
      }
      return response
    }
  }

  /// Reads raw bytes until `text` has come.
  func receive(until text: String) async throws -> String {
    try await onQueue {
      var buffer = Data()
      while buffer.range(of: Data(text.utf8)) == nil { try self.read(into: &buffer) }
      return String(decoding: buffer, as: UTF8.self)
    }
  }

  private static let cut = RawError(description: "the connection closed in mid-reply")

  private static func head(_ bytes: Data) throws -> RawResponse {
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    let parts = lines[0].split(separator: " ")
    guard parts.count >= 2, let status = Int(parts[1]) else {
      throw RawError(description: "no status line: \(lines[0])")
    }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let pair = line.split(separator: ":", maxSplits: 1)
      guard pair.count == 2 else { continue }
      headers[pair[0].lowercased()] = pair[1].trimmingCharacters(in: .whitespaces)
    }
    return RawResponse(status: status, headers: headers, body: Data())
  }

  private func chunks(_ buffer: inout Data) throws -> Data {
    var body = Data()
    while true {
      while buffer.range(of: Data("\r\n".utf8)) == nil { try read(into: &buffer) }
      guard let line = buffer.range(of: Data("\r\n".utf8)),
        let size = Int(String(decoding: buffer[..<line.lowerBound], as: UTF8.self), radix: 16)
      else { throw RawError(description: "no chunk size") }
      buffer = Data(buffer[line.upperBound...])
      while buffer.count < size + 2 { try read(into: &buffer) }
      body += buffer.prefix(size)
      buffer = Data(buffer.dropFirst(size + 2))
      if size == 0 { return body }
    }
  }

  private func read(into buffer: inout Data) throws {
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    guard count != 0 else { throw Self.cut }
    guard count > 0 else { throw RawError(description: "no reply: errno \(errno)") }
    buffer.append(contentsOf: bytes[..<count])
  }

  private func onQueue<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result)
    async throws -> Result
  {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Swift.Result { try body() }) }
    }
  }
}

/// One request on a connection of its own.
func exchange(
  port: Int, _ method: String, _ path: String, token: String? = nil,
  headers: [String: String] = [:], body: Data = Data()
) async throws -> RawResponse {
  let connection = try RawConnection(port: port)
  try await connection.send(method, path, token: token, headers: headers, body: body)
  return try await connection.receive()
}
