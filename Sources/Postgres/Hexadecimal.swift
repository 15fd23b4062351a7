import Foundation

/// The text form of `bytea`: `\x` and two digits a byte.
enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  static func append(
    _ data: Data, prefix: String, suffix: String, to bytes: inout [UInt8]
  ) {
    bytes.reserveCapacity(bytes.count + 2 * data.count + 8)
    bytes += prefix.utf8
    for byte in data {
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
    bytes += suffix.utf8
  }

  /// Nil when `text` is not `\x` and pairs of hexadecimal digits.
  static func decode(_ text: UnsafeRawBufferPointer) -> Data? {
    guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"),
      text[1] == UInt8(ascii: "x")
    else { return nil }
    var data = Data(count: (text.count - 2) / 2)
    let isValid = data.withUnsafeMutableBytes { output in
      for index in 0..<output.count {
        guard let high = value(text[2 + 2 * index]), let low = value(text[3 + 2 * index]) else {
          return false
        }
        output[index] = high << 4 | low
      }
      return true
    }
    return isValid ? data : nil
  }

  @inline(__always)
  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 48...57: digit - 48
    case 97...102: digit - 87
    case 65...70: digit - 55
    default: nil
    }
  }
}
