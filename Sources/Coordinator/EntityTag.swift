import Hummingbird

/// A strong validator of one representation (RFC 9110, 8.8.3).
struct EntityTag: Hashable, Sendable {
  /// In quotes.
  let text: String

  /// - Parameter opaque: Visible ASCII without quotes.
  init(_ opaque: String) { text = "\"\(opaque)\"" }

  /// Whether a field (`If-None-Match`, `If-Match`) names this tag. A weak tag of the same name is
  /// taken for it: what is compared here never differs in meaning only.
  func isNamed(in field: String) -> Bool {
    field.split(separator: ",").contains { entry in
      let entry = entry.trimmingPrefix(while: \.isWhitespace)
      let name = entry.hasPrefix("W/") ? entry.dropFirst(2) : entry
      return name == "*" || String(name.reversed().drop(while: \.isWhitespace).reversed()) == text
    }
  }
}

extension APIRequest {
  /// Whether the client has what `tag` stands for (`If-None-Match`).
  func has(_ tag: EntityTag) -> Bool {
    request.headers[.ifNoneMatch].map(tag.isNamed) ?? false
  }
}
