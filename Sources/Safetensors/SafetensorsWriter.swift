import Foundation

/// Collects tensors and writes them as a safetensors file: equal tensors and metadata give equal
/// bytes, whatever the order they were added in.
///
/// The data start at a multiple of 8 and are ordered by element size, largest first, then by name
/// (as the reference implementation does), so that every tensor is aligned for its type.
public struct SafetensorsWriter: Sendable {
  private let metadata: [String: String]
  private var tensors: [String: (dtype: DType, shape: [Int], bytes: Data)] = [:]

  public init(metadata: [String: String] = [:]) { self.metadata = metadata }

  /// - Parameters:
  ///   - shape: row-major; every dimension at least 0; empty for a scalar.
  ///   - bytes: the elements, little-endian; as many as shape and type take.
  /// - Throws: ``SafetensorsError`` when the name is taken or reserved, or the bytes do not fit.
  public mutating func add(name: String, dtype: DType, shape: [Int], bytes: Data) throws {
    func problem(_ text: String) -> SafetensorsError {
      SafetensorsError(tensor: name, problem: text)
    }
    guard name != "__metadata__" else { throw problem("the name is reserved") }
    guard shape.count <= SafetensorsHeader.rankLimit else {
      throw problem("has \(shape.count) dimensions; at most \(SafetensorsHeader.rankLimit)")
    }
    guard tensors.count < SafetensorsHeader.tensorLimit else {
      throw problem("is one more than the \(SafetensorsHeader.tensorLimit) tensors a file may hold")
    }
    guard let byteCount = SafetensorsHeader.byteCount(dtype, shape), byteCount == bytes.count else {
      throw problem("\(bytes.count) bytes do not fill \(dtype.rawValue) of shape \(shape)")
    }
    guard tensors[name] == nil else { throw problem("was added before") }
    tensors[name] = (dtype, shape, bytes)
  }

  /// Adds float32 values.
  ///
  /// - Throws: as ``add(name:dtype:shape:bytes:)``.
  public mutating func add(name: String, shape: [Int], floats: [Float]) throws {
    var bytes = Data(capacity: 4 * floats.count)
    for value in floats {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    try add(name: name, dtype: .f32, shape: shape, bytes: bytes)
  }

  /// The file's bytes.
  ///
  /// - Throws: ``SafetensorsError`` when the header exceeds what readers accept.
  public func encoded() throws -> Data {
    let ordered = tensors.sorted {
      ($1.value.dtype.byteCount, $0.key) < ($0.value.dtype.byteCount, $1.key)
    }
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
        .map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for (name, tensor) in ordered {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = offset + tensor.bytes.count
      members.append(
        "\(Self.quoted(name)):{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Data("{\(members.joined(separator: ","))}".utf8)
    header.append(contentsOf: repeatElement(0x20, count: (8 - header.count % 8) % 8))
    guard header.count <= SafetensorsHeader.lengthLimit else {
      throw SafetensorsError(
        problem: "the header takes \(header.count) bytes; at most \(SafetensorsHeader.lengthLimit)")
    }

    var file = Data(capacity: 8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
    file.append(header)
    for (_, tensor) in ordered { file.append(tensor.bytes) }
    return file
  }

  /// A JSON string with only the escapes JSON demands.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
