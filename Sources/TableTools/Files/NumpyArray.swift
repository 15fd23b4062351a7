import Foundation

/// An array of numpy's `.npy` format: little-endian floats in C order. Values are float32: those of
/// float64 are rounded to nearest.
struct NumpyArray {
  /// Larger files are refused.
  static let maximumBytes = 64 << 20
  /// The most dimensions, as numpy has it.
  static let maximumDimensions = 64
  /// The longest header, in bytes.
  private static let longestHeader = 1 << 16
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  private(set) var values: [Float]
  private(set) var shape: [Int]

  /// - Parameter shape: Its product is the number of values.
  init(values: [Float], shape: [Int]) {
    self.values = values
    self.shape = shape
  }

  /// - Throws: ``TableFileError`` that names the file and what is wrong with it.
  init(path: String) throws {
    let bytes = [UInt8](try TableFile.read(path, limit: Self.maximumBytes))
    do { self = try Self.decoded(bytes) } catch let error as Problem {
      throw TableFileError.malformed(path: path, line: 0, column: 0, problem: error.text)
    }
  }

  private struct Problem: Error { var text: String }

  private static func decoded(_ bytes: [UInt8]) throws -> NumpyArray {
    guard bytes.starts(with: magic), bytes.count >= 12 else {
      throw Problem(text: "is no .npy file; write it with numpy.save")
    }
    let lengthBytes: Int
    switch (bytes[6], bytes[7]) {
    case (1, 0): lengthBytes = 2
    case (2, 0), (3, 0): lengthBytes = 4
    case (let major, let minor):
      throw Problem(text: "is of .npy version \(major).\(minor); 1.0, 2.0 and 3.0 are read")
    }
    let length = bytes[8..<(8 + lengthBytes)].reversed().reduce(0) { $0 << 8 | Int($1) }
    let start = 8 + lengthBytes
    guard length <= longestHeader, bytes.count >= start + length,
      let text = String(validating: bytes[start..<(start + length)], as: UTF8.self)
    else { throw Problem(text: "its header is cut off, no text or too long; write it again") }
    guard let header = NumpyHeader(text) else {
      throw Problem(text: "its header is no dictionary of descr, fortran_order and shape")
    }
    guard !header.isFortran else {
      throw Problem(text: "is in Fortran order; write numpy.ascontiguousarray of it")
    }
    let width: Int
    switch header.type {
    case "<f2": width = 2
    case "<f4": width = 4
    case "<f8": width = 8
    default:
      throw Problem(
        text: "holds '\(header.type.prefix(40))'; write little-endian float16, float32 or float64")
    }
    guard (1...maximumDimensions).contains(header.shape.count) else {
      throw Problem(
        text: "has \(header.shape.count) dimensions; 1 to \(maximumDimensions) are read")
    }
    var count = 1
    for size in header.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= TableInputs.maximumCount else {
        throw Problem(
          text: "its shape has more than \(TableInputs.maximumCount) numbers; ask in parts")
      }
      count = product
    }
    guard count > 0 else { throw Problem(text: "holds no numbers") }
    let body = bytes[(start + length)...]
    guard body.count == count * width else {
      throw Problem(
        text: "has \(body.count) bytes of numbers, not the \(count * width) of its shape; "
          + "write it again")
    }
    let values = body.withUnsafeBytes { raw in
      (0..<count).map { index -> Float in
        switch width {
        case 2:
          Float(
            Float16(
              bitPattern: UInt16(
                littleEndian: raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))))
        case 4:
          Float(
            bitPattern: UInt32(
              littleEndian: raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
        default:
          Float(
            Double(
              bitPattern: UInt64(
                littleEndian: raw.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))))
        }
      }
    }
    return NumpyArray(values: values, shape: header.shape)
  }

  /// The bytes that `numpy.save` writes for the same float32 array.
  func encoded() -> Data {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
    // numpy leaves room for the first size to grow, then fills up to a multiple of 64.
    header += String(repeating: " ", count: max(0, 21 - String(shape.first ?? 0).count))
    let prefix = Self.magic.count + 4
    header += String(repeating: " ", count: 64 - (prefix + header.utf8.count + 1) % 64) + "\n"
    var data = Data(Self.magic + [1, 0])
    withUnsafeBytes(of: UInt16(clamping: header.utf8.count).littleEndian) {
      data.append(contentsOf: $0)
    }
    data += Data(header.utf8)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
    return data
  }
}

/// The dictionary in front of a `.npy` file's numbers, as Python writes it.
private struct NumpyHeader {
  var type: String
  var isFortran: Bool
  var shape: [Int]

  /// - Returns: nil when it is not a dictionary of exactly the three keys.
  init?(_ text: String) {
    var scanner = Scanner(text)
    var type: String?
    var isFortran: Bool?
    var shape: [Int]?
    guard scanner.skips("{") else { return nil }
    while !scanner.skips("}") {
      guard let key = scanner.quoted(), scanner.skips(":") else { return nil }
      switch key {
      case "descr" where type == nil: type = scanner.quoted()
      case "fortran_order" where isFortran == nil:
        isFortran = scanner.skips("True") ? true : scanner.skips("False") ? false : nil
      case "shape" where shape == nil: shape = scanner.sizes()
      default: return nil
      }
      guard scanner.skips(",") || scanner.isBefore("}") else { return nil }
    }
    guard scanner.isAtEnd, let type, let isFortran, let shape else { return nil }
    self.type = type
    self.isFortran = isFortran
    self.shape = shape
  }

  private struct Scanner {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    private mutating func skipSpace() { rest = rest.drop(while: \.isWhitespace) }

    var isAtEnd: Bool { rest.allSatisfy(\.isWhitespace) }

    mutating func isBefore(_ token: String) -> Bool {
      skipSpace()
      return rest.hasPrefix(token)
    }

    mutating func skips(_ token: String) -> Bool {
      guard isBefore(token) else { return false }
      rest = rest.dropFirst(token.count)
      return true
    }

    mutating func quoted() -> String? {
      skipSpace()
      guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
      let body = rest.dropFirst()
      guard let end = body.firstIndex(of: quote) else { return nil }
      rest = body[body.index(after: end)...]
      return String(body[..<end])
    }

    /// `()`, `(3,)`, `(3, 4)`.
    mutating func sizes() -> [Int]? {
      guard skips("(") else { return nil }
      var sizes: [Int] = []
      while !skips(")") {
        skipSpace()
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let size = Int(digits), sizes.count <= NumpyArray.maximumDimensions else {
          return nil
        }
        rest = rest.dropFirst(digits.count)
        sizes.append(size)
        guard skips(",") || isBefore(")") else { return nil }
      }
      return sizes
    }
  }
}
