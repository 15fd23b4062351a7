import Foundation

/// A parameter of a statement. Travels as text, bytes as they are.
public enum PostgresValue: Sendable {
  case null
  case text(String)
  case int(Int64)
  case double(Double)
  case bool(Bool)
  case uuid(UUID)
  case bytes(Data)
  case timestamp(Date)
  /// A JSON text, for `jsonb`.
  case json(String)
  case textArray([String?])
  case intArray([Int64?])
  case doubleArray([Double])
  case uuidArray([UUID])
  case bytesArray([Data?])

  public static func int(_ value: Int) -> Self { .int(Int64(value)) }

  public static func int(_ value: Int32) -> Self { .int(Int64(value)) }

  public static func intArray(_ values: [Int]) -> Self { .intArray(values.map { Int64($0) }) }

  public static func intArray(_ values: [Int32]) -> Self { .intArray(values.map { Int64($0) }) }

  public static func text(_ value: String?) -> Self { value.map { .text($0) } ?? .null }

  public static func uuid(_ value: UUID?) -> Self { value.map { .uuid($0) } ?? .null }

  public static func bytes(_ value: Data?) -> Self { value.map { .bytes($0) } ?? .null }

  /// What goes to the server; nil for NULL.
  var wire: (bytes: [UInt8], isBinary: Bool)? {
    switch self {
    case .null: nil
    case .bytes(let data): (Array(data), true)
    case .text(let text), .json(let text): (Array(text.utf8), false)
    case .int(let value): (Array(String(value).utf8), false)
    case .double(let value): (Array(Self.text(of: value).utf8), false)
    case .bool(let value): (Array((value ? "t" : "f").utf8), false)
    case .uuid(let value): (Array(value.uuidString.utf8), false)
    case .timestamp(let date): (Array(PostgresTimestamp.text(of: date).utf8), false)
    case .textArray(let values): (Self.array(values) { Self.quoted($0, into: &$1) }, false)
    case .intArray(let values): (Self.array(values) { $1 += String($0).utf8 }, false)
    case .doubleArray(let values):
      (Self.array(values) { $1 += Self.text(of: $0).utf8 }, false)
    case .uuidArray(let values): (Self.array(values) { $1 += $0.uuidString.utf8 }, false)
    case .bytesArray(let values):
      (
        Self.array(values) { Hexadecimal.append($0, prefix: #""\\x"#, suffix: "\"", to: &$1) },
        false
      )
    }
  }

  private static func text(of value: Double) -> String {
    value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)"
  }

  private static func array<Value>(
    _ values: [Value?], append: (Value, inout [UInt8]) -> Void
  ) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(ascii: "{")]
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      if let value { append(value, &bytes) } else { bytes += "NULL".utf8 }
    }
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  private static func quoted(_ text: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        bytes.append(UInt8(ascii: "\\"))
      }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
