import Foundation

extension FetchPolicy {
  /// Whether `url`'s host (and port) may be asked.
  func allows(_ url: URL) -> Bool {
    guard let allowedHosts else { return true }
    guard let host = url.host().map(Self.plain), !host.isEmpty else { return false }
    let port = url.port ?? (url.scheme?.lowercased() == "http" ? 80 : 443)
    return allowedHosts.contains { Self.matches(host: host, port: port, pattern: $0) }
  }

  static func matches(host: String, port: Int, pattern: String) -> Bool {
    var name = Substring(pattern)
    // A colon that stands alone, or after a bracket, begins a port.
    if let colon = name.lastIndex(of: ":"),
      name.hasPrefix("[") ? name[..<colon].hasSuffix("]") : name.firstIndex(of: ":") == colon
    {
      guard Int(name[name.index(after: colon)...]) == port else { return false }
      name = name[..<colon]
    }
    let wanted = plain(String(name))
    if wanted.hasPrefix("*.") { return host.hasSuffix(wanted.dropFirst()) }
    return host == wanted
  }

  /// Lower case, without brackets and the root's dot.
  private static func plain(_ host: String) -> String {
    let bare = host.lowercased().trimmingCharacters(in: ["[", "]"])
    return bare.hasSuffix(".") ? String(bare.dropLast()) : bare
  }
}
