import Foundation

/// One row of a result: values by column name.
public struct PostgresRow: Sendable {
  let columns: PostgresColumns
  let values: [[UInt8]?]

  /// The value of a column; ask for an optional type where NULL may stand.
  /// - Throws: ``PostgresError`` that names the column when there is none of this name, or the
  ///   value is NULL or does not fit `type`.
  public func decode<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self)
    throws -> Value
  {
    guard let index = columns.indices[column] else {
      throw PostgresError(
        message: "the result has no column '\(column)'; it has "
          + columns.indices.keys.sorted().joined(separator: ", "), statement: columns.statement)
    }
    do {
      return try Value(postgres: values[index])
    } catch let error as PostgresDecodingProblem {
      throw PostgresError(
        message: "column '\(column)': \(error.problem)", statement: columns.statement)
    }
  }
}

/// What the rows of one result share.
struct PostgresColumns: Sendable {
  var indices: [String: Int]
  var statement: String
}

/// A Swift type that a column's value can become.
public protocol PostgresDecodable: Sendable {
  /// - Parameter bytes: The value's text form; nil for NULL.
  init(postgres bytes: [UInt8]?) throws
}

/// Why a value is not what was asked for; ``PostgresRow`` adds the column and the statement.
public struct PostgresDecodingProblem: Error {
  public var problem: String

  public init(problem: String) { self.problem = problem }

  static func expected(_ type: String, _ bytes: [UInt8]) -> Self {
    Self(problem: "'\(String(decoding: bytes.prefix(60), as: UTF8.self))' is no \(type)")
  }
}

extension PostgresDecodable {
  static func present(_ bytes: [UInt8]?) throws -> [UInt8] {
    guard let bytes else { throw PostgresDecodingProblem(problem: "is NULL") }
    return bytes
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  public init(postgres bytes: [UInt8]?) throws {
    self = try bytes.map { try Wrapped(postgres: $0) }
  }
}

extension String: PostgresDecodable {
  public init(postgres bytes: [UInt8]?) throws {
    self.init(decoding: try Self.present(bytes), as: UTF8.self)
  }
}

extension FixedWidthInteger where Self: PostgresDecodable {
  public init(postgres bytes: [UInt8]?) throws {
    let bytes = try Self.present(bytes)
    guard let value = Self(String(decoding: bytes, as: UTF8.self)) else {
      throw PostgresDecodingProblem.expected("\(Self.self)", bytes)
    }
    self = value
  }
}

extension Int: PostgresDecodable {}
extension Int64: PostgresDecodable {}
extension Int32: PostgresDecodable {}

extension Double: PostgresDecodable {
  public init(postgres bytes: [UInt8]?) throws {
    let bytes = try Self.present(bytes)
    guard let value = Double(String(decoding: bytes, as: UTF8.self)) else {
      throw PostgresDecodingProblem.expected("number", bytes)
    }
    self = value
  }
}

extension Bool: PostgresDecodable {
  public init(postgres bytes: [UInt8]?) throws {
    let bytes = try Self.present(bytes)
    switch bytes {
    case [UInt8(ascii: "t")]: self = true
    case [UInt8(ascii: "f")]: self = false
    default: throw PostgresDecodingProblem.expected("boolean", bytes)
    }
  }
}

extension UUID: PostgresDecodable {
  public init(postgres bytes: [UInt8]?) throws {
    let bytes = try Self.present(bytes)
    guard let value = UUID(uuidString: String(decoding: bytes, as: UTF8.self)) else {
      throw PostgresDecodingProblem.expected("UUID", bytes)
    }
    self = value
  }
}

extension Data: PostgresDecodable {
  public init(postgres bytes: [UInt8]?) throws {
    let bytes = try Self.present(bytes)
    guard let value = Hexadecimal.decode(bytes) else {
      throw PostgresDecodingProblem.expected("bytea", bytes)
    }
    self = value
  }
}

extension Date: PostgresDecodable {
  public init(postgres bytes: [UInt8]?) throws {
    let bytes = try Self.present(bytes)
    guard let value = PostgresTimestamp.date(from: String(decoding: bytes, as: UTF8.self)) else {
      throw PostgresDecodingProblem.expected("timestamp in UTC", bytes)
    }
    self = value
  }
}
