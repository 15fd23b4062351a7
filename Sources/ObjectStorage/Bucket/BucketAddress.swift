import Foundation

/// `s3://BUCKET[/KEY]`: one object, or for a folder what keys begin with. The key is as it is, not
/// percent-encoded.
struct BucketAddress: Hashable, Sendable {
  var bucket: String
  /// Empty for the whole bucket.
  var key: String

  init(_ source: String) throws {
    let parts = source.dropFirst(5).split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    bucket = parts.first.map(String.init) ?? ""
    key = parts.count > 1 ? String(parts[1]) : ""
    guard source.hasPrefix("s3://"), Self.isName(bucket), key.utf8.count <= 1024 else {
      throw SourceError(
        source: source, problem: "this names no bucket",
        remedy: "write s3://BUCKET/KEY for one object or s3://BUCKET/FOLDER for a folder")
    }
  }

  /// The objects of a folder have keys that begin so.
  var prefix: String { key.isEmpty || key.hasSuffix("/") ? key : key + "/" }

  /// 3 to 63 letters, digits, dots, hyphens and (in old buckets) underscores; it becomes part of a
  /// host name.
  private static func isName(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        || [45, 46, 95].contains($0)
    }
    return isPlain && (3...63).contains(text.utf8.count) && !text.contains("..")
      && text.first != "." && text.first != "-" && text.last != "." && text.last != "-"
  }
}

/// Where a store's buckets and objects are on the web.
struct BucketLocation: Sendable {
  /// Without a slash at the end.
  private let base: String
  let origin: String

  /// - Parameter endpoint: nil for Amazon's.
  init(bucket: String, endpoint: URL?, region: String) throws {
    if let endpoint {
      var text = endpoint.absoluteString
      while text.hasSuffix("/") { text.removeLast() }
      base = text + "/" + bucket
    } else {
      // A dot in the name would not fit the certificate, upper case no host name.
      let isHost = bucket.utf8.allSatisfy {
        (48...57).contains($0) || (97...122).contains($0) || $0 == 45
      }
      let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
      base =
        isHost
        ? "https://\(bucket).s3.\(region).\(domain)" : "https://s3.\(region).\(domain)/\(bucket)"
    }
    guard let url = URL(string: base) else {
      throw SourceError(
        source: "s3://\(bucket)", problem: "no address can be made from it and the region",
        remedy: "check AWS_REGION and NNLUT_S3_ENDPOINT")
    }
    origin = WebAccess.origin(of: url)
  }

  /// An object's address.
  func object(_ key: String) -> URL? {
    let path = key.split(separator: "/", omittingEmptySubsequences: false)
      .map { Self.encode(String($0)) }.joined(separator: "/")
    return URL(string: base + "/" + path)
  }

  /// A page of the list of objects.
  /// - Parameter token: What the page before said; nil for the first page.
  func list(prefix: String, token: String?, pageSize: Int) -> URL? {
    // In the order and encoding that the signature is made over.
    var query = "list-type=2&max-keys=\(pageSize)&prefix=\(Self.encode(prefix))"
    if let token { query = "continuation-token=\(Self.encode(token))&" + query }
    return URL(string: base + "/?" + query)
  }

  /// Every byte but A–Z, a–z, 0–9 and `-._~` as `%XX`, as signatures of version 4 want it.
  static func encode(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, 45, 46, 95, 126:
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        encoded += hex.count == 1 ? "%0" + hex : "%" + hex
      }
    }
    return encoded
  }
}
