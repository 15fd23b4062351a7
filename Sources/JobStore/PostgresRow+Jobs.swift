import Artifacts
import Foundation
import Jobs
import Postgres

extension PostgresRow {
  /// A column that holds one of an enumeration's words.
  func state<State: RawRepresentable>(_ column: String) throws -> State
  where State.RawValue == String {
    let text: String = try decode(column)
    guard let value = State(rawValue: text) else {
      throw PostgresError(message: "column '\(column)': '\(text)' is no \(State.self)")
    }
    return value
  }

  func kind(_ column: String) throws -> TaskKind { try state(column) }

  /// A column of 32 bytes; nil for NULL.
  func digest(_ column: String) throws -> ContentDigest? {
    guard let bytes: Data = try decode(column, as: Data?.self) else { return nil }
    guard let digest = ContentDigest(rawBytes: bytes) else {
      throw PostgresError(message: "column '\(column)' has \(bytes.count) bytes; a digest has 32")
    }
    return digest
  }

  /// A column of 32 bytes that must be there.
  func requiredDigest(_ column: String) throws -> ContentDigest {
    guard let digest = try digest(column) else {
      throw PostgresError(message: "column '\(column)' is NULL")
    }
    return digest
  }

  func failure(isRetryable: Bool = false) throws -> TaskFailure? {
    guard let code: String = try decode("failure_code", as: String?.self) else { return nil }
    let message: String? = try decode("failure_message", as: String?.self)
    return TaskFailure(code: code, message: message ?? "", isRetryable: isRetryable)
  }
}

extension ContentDigest {
  /// The 32 bytes.
  var rawBytes: Data {
    var data = Data(capacity: 32)
    var high: UInt8?
    for digit in hexadecimal.utf8 {
      let value = digit < 58 ? digit - 48 : digit - 87
      if let first = high {
        data.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return data
  }

  init?(rawBytes: Data) {
    guard rawBytes.count == 32 else { return nil }
    let digits = Array("0123456789abcdef".utf8)
    let text = rawBytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    self.init("sha256:" + String(decoding: text, as: UTF8.self))
  }
}

extension PostgresValue {
  static func digest(_ digest: ContentDigest) -> PostgresValue { .bytes(digest.rawBytes) }

  static func digests(_ digests: [ContentDigest]) -> PostgresValue {
    .bytesArray(digests.map(\.rawBytes))
  }
}
