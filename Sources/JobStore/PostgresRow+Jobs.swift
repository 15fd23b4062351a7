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
    func value(_ digit: UInt8) -> UInt8 { digit < 58 ? digit - 48 : digit - 87 }
    let digits = Array(hexadecimal.utf8)
    return Data(
      stride(from: 0, to: digits.count, by: 2).map {
        value(digits[$0]) << 4 | value(digits[$0 + 1])
      })
  }

  init?(rawBytes: Data) {
    guard rawBytes.count == 32 else { return nil }
    let digits = Array("0123456789abcdef".utf8)
    var text = Array("sha256:".utf8)
    for byte in rawBytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    self.init(String(decoding: text, as: UTF8.self))
  }
}

extension PostgresValue {
  static func digest(_ digest: ContentDigest) -> PostgresValue { .bytes(digest.rawBytes) }

  static func digests(_ digests: [ContentDigest]) -> PostgresValue {
    .bytesArray(digests.map(\.rawBytes))
  }
}
