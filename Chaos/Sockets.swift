import Foundation

/// The few socket calls of the proxy.
enum Sockets {
  /// Listens on a free port of 127.0.0.1.
  static func listen() throws -> (socket: Int32, port: Int) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && Foundation.listen(listener, 256) == 0
          && getsockname(listener, address, &length) == 0
      }
    }
    guard listener >= 0, isBound else {
      throw ChaosError("cannot listen on 127.0.0.1: \(String(cString: strerror(errno)))")
    }
    return (listener, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// - Returns: nil when nobody takes the connection.
  static func connect(_ upstream: FaultLink.Upstream) -> Int32? {
    switch upstream {
    case .ports(let ports):
      for port in ports.shuffled() {
        if let socket = connect(port: port) { return socket }
      }
      return nil
    case .unixSocket(let path): return connect(path: path)
    }
  }

  private static func connect(port: Int) -> Int32? {
    var address = loopback(port)
    return open(AF_INET, &address, MemoryLayout<sockaddr_in>.size)
  }

  private static func connect(path: String) -> Int32? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return open(AF_UNIX, &address, MemoryLayout<sockaddr_un>.size)
  }

  private static func open<Address>(_ family: Int32, _ address: inout Address, _ size: Int)
    -> Int32?
  {
    let socket = Foundation.socket(
      family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return nil }
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(socket, $0, socklen_t(size)) == 0
      }
    }
    guard isConnected else {
      close(socket)
      return nil
    }
    return socket
  }

  private static func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  static func noDelay(_ socket: Int32) {
    var on: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  static func setTimeout(_ socket: Int32, seconds: Int) {
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(socket, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  static func resetAtClose(_ socket: Int32) {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Foundation.linger>.size))
  }

  static func reset(_ socket: Int32) {
    resetAtClose(socket)
    close(socket)
  }

  /// - Returns: False when the other side is gone.
  static func write(_ socket: Int32, _ bytes: some Collection<UInt8>) -> Bool {
    let all = Array(bytes)
    var sent = 0
    while sent < all.count {
      let count = all.withUnsafeBytes { buffer in
        send(
          socket, buffer.baseAddress.map { $0 + sent }, all.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}

/// Why the harness cannot do what it is asked.
struct ChaosError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
