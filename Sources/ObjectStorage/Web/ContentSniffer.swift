import Foundation

/// Tells by a file's name and first bytes that a server sends something else: a login page, an
/// error as XML, a pointer where the file itself is wanted.
enum ContentSniffer {
  /// As many first bytes as are looked at.
  static let headBytes = 512

  enum Verdict: Equatable {
    case webPage
    case largeFilePointer
    case noJSON
    case noSafetensors
  }

  /// - Parameters:
  ///   - name: The file's name.
  ///   - head: Its first bytes, `headBytes` or all.
  ///   - total: Its size, where it is known.
  ///   - contentType: What the server says it is.
  static func verdict(name: String, head: Data, total: Int64?, contentType: String) -> Verdict? {
    let name = name.lowercased()
    let isPage = name.hasSuffix(".html") || name.hasSuffix(".htm")
    let text = String(decoding: head, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines.union(["\u{FEFF}"])).lowercased()
    if !isPage {
      if contentType.lowercased().hasPrefix("text/html") || text.hasPrefix("<!doctype html")
        || text.hasPrefix("<html")
      {
        return .webPage
      }
    }
    if text.hasPrefix("version https://git-lfs.github.com/spec/") { return .largeFilePointer }
    if name.hasSuffix(".json"), let first = text.first, !"{[\"-0123456789tfn".contains(first) {
      return .noJSON
    }
    if name.hasSuffix(".safetensors"), !isSafetensors(head, total: total) { return .noSafetensors }
    return nil
  }

  /// The size of the header, which begins with a brace.
  private static func isSafetensors(_ head: Data, total: Int64?) -> Bool {
    let bytes = [UInt8](head.prefix(9))
    guard bytes.count == 9, bytes[8] == UInt8(ascii: "{") else { return false }
    let size = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    return size >= 2 && size <= UInt64(clamping: (total ?? .max) - 8)
  }
}
