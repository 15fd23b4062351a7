/// Where a text stands in one of a data set's files, and how it is written there.
struct TextSpan: Sendable {
  enum Form: UInt8, Sendable {
    /// As it is.
    case plain
    /// Inside quotes of CSV: two quotes stand for one.
    case quoted
    /// Inside the quotes of a JSON string, with its escapes.
    case json
    /// A JSON array of strings: words.
    case jsonWords
    /// Lines of columns, one word a line.
    case wordLines
  }

  /// Index of the file; data sets have few.
  var file: UInt16
  var form: Form
  /// In bytes. Files are under 4 GiB (`MappedFile.maximumBytes`).
  private var offset: UInt32
  private var length: UInt32

  /// - Parameters:
  ///   - file: `0..<65536`.
  ///   - range: inside the file.
  init(file: Int, form: Form, range: Range<Int>) {
    self.file = UInt16(clamping: file)
    self.form = form
    offset = UInt32(clamping: range.lowerBound)
    length = UInt32(clamping: range.count)
  }

  var range: Range<Int> { Int(offset)..<Int(offset) + Int(length) }
}

extension MappedFile {
  /// The text that `span` stands for.
  func text(_ span: TextSpan) -> String {
    switch span.form {
    case .plain, .wordLines, .jsonWords: text(span.range)
    case .quoted: unquoted(span.range)
    case .json: unescaped(span.range)
    }
  }

  /// Doubled quotes become one; line ends inside a field become `\n`.
  private func unquoted(_ range: Range<Int>) -> String {
    view { bytes in
      guard bytes.firstIndex(of: 34, in: range) != nil || bytes.firstIndex(of: 13, in: range) != nil
      else { return bytes.text(range) }
      var text: [UInt8] = []
      text.reserveCapacity(range.count)
      var index = range.lowerBound
      while index < range.upperBound {
        let byte = bytes[index]
        index += 1
        if byte == 13, index < range.upperBound, bytes[index] == 10 { continue }
        text.append(byte)
        if byte == 34 { index += 1 }
      }
      return String(decoding: text, as: UTF8.self)
    }
  }

  /// A JSON string's escapes replaced. The span was checked when the file was read.
  private func unescaped(_ range: Range<Int>) -> String {
    view { bytes in
      guard bytes.firstIndex(of: 92, in: range) != nil else { return bytes.text(range) }
      var text: [UInt8] = []
      text.reserveCapacity(range.count)
      var index = range.lowerBound
      while index < range.upperBound {
        guard bytes[index] == 92 else {
          text.append(bytes[index])
          index += 1
          continue
        }
        index += 1
        switch bytes[index] {
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"):
          var unit = Self.hexadecimal(bytes, index + 1)
          index += 4
          if (0xD800..<0xDC00).contains(unit) {
            unit = 0x10000 + (unit - 0xD800) << 10 + Self.hexadecimal(bytes, index + 3) - 0xDC00
            index += 6
          }
          text.append(contentsOf: String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
        default: text.append(bytes[index])
        }
        index += 1
      }
      return String(decoding: text, as: UTF8.self)
    }
  }

  /// The four hexadecimal digits at `index`.
  private static func hexadecimal(_ bytes: ByteView, _ index: Int) -> UInt32 {
    (index..<index + 4).reduce(0) { sum, place in
      sum << 4 + UInt32(Character(Unicode.Scalar(bytes[place])).hexDigitValue ?? 0)
    }
  }
}
