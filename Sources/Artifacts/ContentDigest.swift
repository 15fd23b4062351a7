import Crypto
import Foundation

/// A SHA-256 content digest, written `sha256:` and 64 lower-case hexadecimal digits.
public struct ContentDigest: Hashable, Sendable, CustomStringConvertible {
  public let hexadecimal: String

  /// Parses `sha256:<64 hex digits>`; nil when the text is anything else.
  public init?(_ text: String) {
    let prefix = "sha256:".utf8
    let hex = text.utf8.dropFirst(prefix.count)
    guard text.utf8.starts(with: prefix), hex.count == 64,
      hex.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else { return nil }
    hexadecimal = String(Substring(hex))
  }

  /// The digest of `bytes`.
  public init(of bytes: some DataProtocol) {
    self.init(SHA256.hash(data: bytes))
  }

  init(_ digest: SHA256.Digest) {
    var hex = [UInt8]()
    hex.reserveCapacity(64)
    let digits = Array("0123456789abcdef".utf8)
    for byte in digest {
      hex.append(digits[Int(byte >> 4)])
      hex.append(digits[Int(byte & 15)])
    }
    hexadecimal = String(decoding: hex, as: UTF8.self)
  }

  public var description: String { "sha256:" + hexadecimal }

  /// The first twelve digits, for people.
  public var short: String { String(hexadecimal.prefix(12)) }
}

/// Digests bytes that arrive in pieces.
public struct StreamingDigest: Sendable {
  private var hasher = SHA256()

  public init() {}

  public mutating func update(_ bytes: some DataProtocol) { hasher.update(data: bytes) }

  public func finalize() -> ContentDigest { ContentDigest(hasher.finalize()) }
}

extension ContentDigest: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let digest = ContentDigest(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "'\(text.prefix(80))' is no digest: write sha256: and 64 hex digits")
    }
    self = digest
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension ContentDigest: Comparable {
  public static func < (left: Self, right: Self) -> Bool { left.hexadecimal < right.hexadecimal }
}

/// Digests may be the keys of a JSON object.
extension ContentDigest: CodingKeyRepresentable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
  }

  public var codingKey: any CodingKey { Key(stringValue: description) }

  public init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }
}
