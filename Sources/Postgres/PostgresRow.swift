import CLibpq
import Foundation

/// One row of a result: values by column name.
public struct PostgresRow: Sendable {
  let result: PostgresResult
  let row: Int32

  /// The value of a column; ask for an optional type where NULL may stand.
  /// - Throws: ``PostgresError`` that names the column when there is none of this name, or the
  ///   value is NULL or does not fit `type`.
  public func decode<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self)
    throws -> Value
  {
    guard let index = result.columns[column] else {
      throw PostgresError(
        message: "the result has no column '\(column)'; it has "
          + result.columns.keys.sorted().joined(separator: ", "), statement: result.statement)
    }
    do {
      return try Value(postgres: result.value(row, index))
    } catch let error as PostgresDecodingProblem {
      throw PostgresError(
        message: "column '\(column)': \(error.problem)", statement: result.statement)
    }
  }
}

/// What a statement gave, where libpq put it.
final class PostgresResult: @unchecked Sendable {
  // Safe: libpq's functions that read a result change nothing, and it is cleared with its owner.
  private let pointer: OpaquePointer?
  let columns: [String: Int32]
  let statement: String

  /// Owns the result from now on.
  init(_ pointer: OpaquePointer?, statement: String) {
    self.pointer = pointer
    self.statement = statement
    var columns: [String: Int32] = [:]
    for column in 0..<PQnfields(pointer) {
      if let name = PQfname(pointer, column) { columns[String(cString: name)] = column }
    }
    self.columns = columns
  }

  deinit { PQclear(pointer) }

  var rows: [PostgresRow] {
    (0..<PQntuples(pointer)).map { PostgresRow(result: self, row: $0) }
  }

  /// The value's text form, as long as the result lives; nil for NULL.
  fileprivate func value(_ row: Int32, _ column: Int32) -> UnsafeRawBufferPointer? {
    guard PQgetisnull(pointer, row, column) == 0, let value = PQgetvalue(pointer, row, column)
    else { return nil }
    return UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(pointer, row, column)))
  }
}

/// A Swift type that a column's value can become.
public protocol PostgresDecodable: Sendable {
  /// - Parameter bytes: The value's text form, during the call; nil for NULL.
  init(postgres bytes: UnsafeRawBufferPointer?) throws
}

/// Why a value is not what was asked for; ``PostgresRow`` adds the column and the statement.
public struct PostgresDecodingProblem: Error {
  public var problem: String

  public init(problem: String) { self.problem = problem }

  static func expected(_ type: String, _ bytes: UnsafeRawBufferPointer) -> Self {
    Self(problem: "'\(String(decoding: bytes.prefix(60), as: UTF8.self))' is no \(type)")
  }
}

extension PostgresDecodable {
  static func present(_ bytes: UnsafeRawBufferPointer?) throws -> UnsafeRawBufferPointer {
    guard let bytes else { throw PostgresDecodingProblem(problem: "is NULL") }
    return bytes
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  public init(postgres bytes: UnsafeRawBufferPointer?) throws {
    self = try bytes.map { try Wrapped(postgres: $0) }
  }
}

extension String: PostgresDecodable {
  public init(postgres bytes: UnsafeRawBufferPointer?) throws {
    self.init(decoding: try Self.present(bytes), as: UTF8.self)
  }
}

extension FixedWidthInteger where Self: PostgresDecodable {
  public init(postgres bytes: UnsafeRawBufferPointer?) throws {
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
  public init(postgres bytes: UnsafeRawBufferPointer?) throws {
    let bytes = try Self.present(bytes)
    guard let value = Double(String(decoding: bytes, as: UTF8.self)) else {
      throw PostgresDecodingProblem.expected("number", bytes)
    }
    self = value
  }
}

extension Bool: PostgresDecodable {
  public init(postgres bytes: UnsafeRawBufferPointer?) throws {
    let bytes = try Self.present(bytes)
    switch (bytes.count, bytes.first) {
    case (1, UInt8(ascii: "t")): self = true
    case (1, UInt8(ascii: "f")): self = false
    default: throw PostgresDecodingProblem.expected("boolean", bytes)
    }
  }
}

extension UUID: PostgresDecodable {
  public init(postgres bytes: UnsafeRawBufferPointer?) throws {
    let bytes = try Self.present(bytes)
    guard let value = UUID(uuidString: String(decoding: bytes, as: UTF8.self)) else {
      throw PostgresDecodingProblem.expected("UUID", bytes)
    }
    self = value
  }
}

extension Data: PostgresDecodable {
  public init(postgres bytes: UnsafeRawBufferPointer?) throws {
    let bytes = try Self.present(bytes)
    guard let value = Hexadecimal.decode(bytes) else {
      throw PostgresDecodingProblem.expected("bytea", bytes)
    }
    self = value
  }
}

extension Date: PostgresDecodable {
  public init(postgres bytes: UnsafeRawBufferPointer?) throws {
    let bytes = try Self.present(bytes)
    guard let value = PostgresTimestamp.date(from: String(decoding: bytes, as: UTF8.self)) else {
      throw PostgresDecodingProblem.expected("timestamp in UTC", bytes)
    }
    self = value
  }
}
