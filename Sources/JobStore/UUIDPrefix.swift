import Foundation

/// The UUIDs that begin with some hexadecimal digits.
struct UUIDPrefix {
  /// Fewer would mean too many.
  static let minimumLength = 4

  var first: UUID
  var last: UUID

  /// Nil when `text` is no beginning of a UUID, hyphens aside, of 4 characters or more.
  init?(_ text: String) {
    let digits = text.filter { $0 != "-" }.lowercased()
    guard (Self.minimumLength...32).contains(digits.utf8.count), digits.allSatisfy(\.isHexDigit),
      let first = Self.uuid(digits, filledWith: "0"), let last = Self.uuid(digits, filledWith: "f")
    else { return nil }
    self.first = first
    self.last = last
  }

  private static func uuid(_ digits: String, filledWith filler: String) -> UUID? {
    var rest = Substring(digits + String(repeating: filler, count: 32 - digits.utf8.count))
    var groups: [String] = []
    for length in [8, 4, 4, 4, 12] {
      groups.append(String(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    return UUID(uuidString: groups.joined(separator: "-"))
  }
}
