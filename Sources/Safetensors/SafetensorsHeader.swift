/// The validated header of a safetensors file: what lies where.
///
/// Layout of a file: the header's length (8 bytes, little-endian), the header (JSON), the data.
/// Offsets count from the start of the data, which the tensors fill without holes or overlap.
struct SafetensorsHeader: Sendable {
  struct Entry: Sendable {
    var dtype: DType
    var shape: [Int]
    /// Bytes of the file that hold the tensor.
    var range: Range<Int>
  }

  static let lengthLimit = 16 << 20
  static let tensorLimit = 65_536
  static let rankLimit = 16
  private static let remedy = "the file is damaged or was written wrongly: fetch it again"

  private(set) var entries: [String: Entry] = [:]
  private(set) var metadata: [String: String]?

  /// - Throws: ``SafetensorsError``
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
    guard bytes.count >= 8 else {
      throw SafetensorsError(
        file: file,
        problem: "\(bytes.count) bytes are too few for a safetensors file; fetch it again")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= Self.lengthLimit else {
      throw SafetensorsError(
        file: file,
        problem: "claims a header of \(length) bytes (at most \(Self.lengthLimit)): "
          + "no safetensors file, or a damaged one: fetch it again")
    }
    let dataStart = 8 + Int(length)
    guard dataStart <= bytes.count else {
      throw SafetensorsError(
        file: file,
        problem: "the header should end at byte \(dataStart) but the file has \(bytes.count); "
          + "it is cut short: fetch it again")
    }

    var scanner = HeaderScanner(UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart]))
    do {
      try scanner.object { scanner, name in
        if name == "__metadata__" {
          try readMetadata(&scanner)
        } else {
          try readEntry(&scanner, name: name, dataStart: dataStart, file: file)
        }
      }
      try scanner.end()
    } catch let failure as HeaderScanner.Failure {
      throw SafetensorsError(
        file: file,
        problem: "header, byte \(8 + failure.offset): \(failure.problem); \(Self.remedy)")
    }
    try checkCoverage(dataStart: dataStart, fileSize: bytes.count, file: file)
  }

  private mutating func readMetadata(_ scanner: inout HeaderScanner) throws {
    guard metadata == nil else { throw scanner.failure("\"__metadata__\" twice") }
    var pairs: [String: String] = [:]
    try scanner.object { scanner, key in
      guard pairs.updateValue(try scanner.string(), forKey: key) == nil else {
        throw scanner.failure("metadata key \"\(key.prefix(60))\" twice")
      }
    }
    metadata = pairs
  }

  private mutating func readEntry(
    _ scanner: inout HeaderScanner, name: String, dataStart: Int, file: String
  ) throws {
    func problem(_ text: String) -> SafetensorsError {
      SafetensorsError(file: file, tensor: name, problem: text)
    }
    var dtype: DType?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { scanner, key in
      switch key {
      case "dtype" where dtype == nil:
        let text = try scanner.string()
        guard let known = DType(rawValue: text) else {
          let supported = DType.allCases.map(\.rawValue).joined(separator: ", ")
          throw problem("dtype \"\(text.prefix(20))\" is unknown; supported: \(supported)")
        }
        dtype = known
      case "shape" where shape == nil: shape = try scanner.integers(limit: Self.rankLimit)
      case "data_offsets" where offsets == nil: offsets = try scanner.integers(limit: 2)
      case "dtype", "shape", "data_offsets": throw problem("key \"\(key)\" twice")
      default: throw problem("key \"\(key.prefix(60))\" is unknown")
      }
    }
    guard let dtype, let shape, let offsets else {
      throw problem("needs the keys \"dtype\", \"shape\" and \"data_offsets\"; \(Self.remedy)")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw problem(
        "\"data_offsets\" must be two ascending numbers, not \(offsets); \(Self.remedy)")
    }
    guard let byteCount = Self.byteCount(dtype, shape) else {
      throw problem("shape \(shape) is too large; \(Self.remedy)")
    }
    guard byteCount == offsets[1] - offsets[0] else {
      throw problem(
        "\(dtype.rawValue) of shape \(shape) takes \(byteCount) bytes, but its data_offsets "
          + "\(offsets) span \(offsets[1] - offsets[0]); \(Self.remedy)")
    }
    let (end, overflow) = offsets[1].addingReportingOverflow(dataStart)
    guard !overflow else {
      throw problem("its data_offsets \(offsets) lie beyond any file; \(Self.remedy)")
    }
    guard entries.count < Self.tensorLimit else {
      throw SafetensorsError(file: file, problem: "more than \(Self.tensorLimit) tensors")
    }
    let entry = Entry(dtype: dtype, shape: shape, range: (offsets[0] + dataStart)..<end)
    guard entries.updateValue(entry, forKey: name) == nil else {
      throw problem("is in the header twice; \(Self.remedy)")
    }
  }

  /// Bytes that `shape` takes; nil beyond 2⁶³ − 1.
  static func byteCount(_ dtype: DType, _ shape: [Int]) -> Int? {
    shape.reduce(Optional(dtype.byteCount)) { product, dimension in
      guard let product, dimension >= 0 else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      return overflow ? nil : next
    }
  }

  /// The tensors must follow one another from the first byte of the data to the last of the file.
  private func checkCoverage(dataStart: Int, fileSize: Int, file: String) throws {
    let ordered = entries.sorted {
      ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
        < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
    }
    var end = dataStart
    for (name, entry) in ordered {
      let start = entry.range.lowerBound
      guard start == end else {
        throw SafetensorsError(
          file: file, tensor: name,
          problem: start < end
            ? "its data overlap the tensor before it; \(Self.remedy)"
            : "\(start - end) bytes before its data belong to no tensor; \(Self.remedy)")
      }
      end = entry.range.upperBound
      guard end <= fileSize else {
        throw SafetensorsError(
          file: file, tensor: name,
          problem: "its data end at byte \(end) but the file has \(fileSize); "
            + "it is cut short: fetch it again")
      }
    }
    guard end == fileSize else {
      throw SafetensorsError(
        file: file,
        problem: "\(fileSize - end) bytes at the end belong to no tensor; \(Self.remedy)")
    }
  }
}
