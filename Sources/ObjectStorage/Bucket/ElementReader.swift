import Foundation

/// The elements of a small XML document, one after the other, as object stores write them: no
/// document type, namespaces left as they are, attributes passed over.
struct ElementReader {
  enum Event: Equatable {
    case start(String)
    case end(String)
    /// Entities replaced.
    case text(String)
  }

  struct Malformed: Error {}

  private var rest: Substring.UTF8View
  private var open: [String] = []
  private var isEmptyElement = false
  private static let maximumDepth = 16

  /// - Parameter document: UTF-8.
  init(_ document: String) { rest = document[...].utf8 }

  /// - Returns: nil at the end of the document.
  /// - Throws: `Malformed`.
  mutating func next() throws -> Event? {
    if isEmptyElement {
      isEmptyElement = false
      return .end(open.removeLast())
    }
    while let first = rest.first {
      guard first == UInt8(ascii: "<") else {
        let text = rest.prefix { $0 != UInt8(ascii: "<") }
        rest = rest[text.endIndex...]
        return .text(try Self.decode(Substring(text)))
      }
      if skip("<?", to: "?>") || skip("<!--", to: "-->") { continue }
      if let text = take("<![CDATA[", to: "]]>") { return .text(String(text)) }
      if let name = take("</", to: ">") {
        guard let last = open.popLast(), last == name.trimmingCharacters(in: .whitespaces) else {
          throw Malformed()
        }
        return .end(last)
      }
      guard let tag = take("<", to: ">"), !tag.hasPrefix("!") else { throw Malformed() }
      let name = String(tag.prefix { !$0.isWhitespace && $0 != "/" })
      guard !name.isEmpty, open.count < Self.maximumDepth else { throw Malformed() }
      open.append(name)
      isEmptyElement = tag.hasSuffix("/")
      return .start(name)
    }
    guard open.isEmpty else { throw Malformed() }
    return nil
  }

  private mutating func skip(_ start: String, to end: String) -> Bool {
    take(start, to: end) != nil
  }

  /// What lies between `start`, if it comes next, and `end`.
  private mutating func take(_ start: String, to end: String) -> Substring? {
    guard rest.starts(with: start.utf8) else { return nil }
    let body = rest.dropFirst(start.utf8.count)
    let mark = Array(end.utf8)
    var index = body.startIndex
    while index < body.endIndex {
      if body[index] == mark[0], body[index...].starts(with: mark) {
        rest = body[index...].dropFirst(mark.count)
        return Substring(body[..<index])
      }
      index = body.index(after: index)
    }
    return nil
  }

  private static func decode(_ text: Substring) throws -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return String(text) }
    let named: [Substring: Character] = [
      "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'",
    ]
    var decoded = ""
    var rest = text
    while let mark = rest.firstIndex(of: "&") {
      decoded += rest[..<mark]
      let tail = rest[rest.index(after: mark)...]
      guard let end = tail.prefix(12).firstIndex(of: ";") else { throw Malformed() }
      let name = tail[..<end]
      if let character = named[name] {
        decoded.append(character)
      } else if name.hasPrefix("#"), let scalar = scalar(name.dropFirst()) {
        decoded.unicodeScalars.append(scalar)
      } else {
        throw Malformed()
      }
      rest = tail[tail.index(after: end)...]
    }
    return decoded + rest
  }

  private static func scalar(_ number: Substring) -> Unicode.Scalar? {
    let isHex = number.hasPrefix("x")
    return UInt32(number.dropFirst(isHex ? 1 : 0), radix: isHex ? 16 : 10).flatMap(
      Unicode.Scalar.init)
  }
}
