/// One tensor of a mapped file. Keeps the mapping alive.
public struct TensorView: Sendable {
  public let name: String
  public let dtype: DType
  /// Row-major; empty for a scalar.
  public let shape: [Int]

  private let file: MappedFile
  private let range: Range<Int>
  private let path: String

  init(
    name: String, dtype: DType, shape: [Int], file: MappedFile, range: Range<Int>, path: String
  ) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.file = file
    self.range = range
    self.path = path
  }

  /// Number of elements.
  public var count: Int { range.count / dtype.byteCount }

  /// The tensor's bytes in the mapped file: valid for as long as this view, or a copy of it, lives.
  /// They may be unaligned for the element type.
  public var mappedBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: file.bytes[range])
  }

  /// Calls `body` with the tensor's bytes, little-endian and perhaps unaligned.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(file) { try body(mappedBytes) }
  }

  /// The elements as float32: F32 as they are, F16 and BF16 widened exactly.
  ///
  /// - Throws: ``SafetensorsError`` for every other type.
  public func floats() throws -> [Float] {
    let count = count
    guard [.f32, .f16, .bf16].contains(dtype) else {
      throw SafetensorsError(
        file: path, tensor: name,
        problem: "is \(dtype.rawValue); F32, F16 and BF16 can be read as float32")
    }
    return withBytes { bytes in
      [Float](unsafeUninitializedCapacity: count) { values, initialized in
        for index in 0..<count {
          switch dtype {
          case .f16:
            let bits = bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
            values.initializeElement(at: index, to: Self.widenHalf(UInt16(littleEndian: bits)))
          case .bf16:
            let bits = bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
            values.initializeElement(
              at: index, to: Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16))
          default:
            let bits = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
            values.initializeElement(at: index, to: Float(bitPattern: UInt32(littleEndian: bits)))
          }
        }
        initialized = count
      }
    }
  }

  /// IEEE binary16 → binary32, exact; `Float16` is missing on x86-64 macOS and slow without F16C.
  private static func widenHalf(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return Float(bitPattern: magnitude.bitPattern | sign)
    case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
