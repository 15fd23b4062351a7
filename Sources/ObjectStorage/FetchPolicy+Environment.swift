import Foundation

extension FetchPolicy {
  /// Takes what the environment says, by the names that other tools use: `HF_ENDPOINT`, `HF_TOKEN`,
  /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`,
  /// `AWS_ENDPOINT_URL`, `CURL_CA_BUNDLE`, `SSL_CERT_FILE`; and by its own: `NNLUT_S3_ENDPOINT`,
  /// `NNLUT_CACHE_SIZE`, `NNLUT_ALLOWED_HOSTS` and `NNLUT_ALLOWED_SCHEMES` (with commas between),
  /// `NNLUT_ALLOW_PRIVATE_ADDRESSES` (1 or 0).
  ///
  /// - Throws: `SourceError` that names the variable; it never holds a secret's value.
  public mutating func apply(environment: [String: String]) throws {
    func value(_ names: String...) -> (name: String, text: String)? {
      for name in names {
        if let text = environment[name], !text.isEmpty { return (name, text) }
      }
      return nil
    }
    func words(_ text: String) -> [String] {
      text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }
    if let hub = value("HF_ENDPOINT") {
      huggingFaceEndpoint = try Self.endpoint(hub.text, name: hub.name)
    }
    if let token = value("HF_TOKEN") { huggingFaceToken = token.text }
    if let store = value("NNLUT_S3_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") {
      s3Endpoint = try Self.endpoint(store.text, name: store.name)
    }
    if let region = value("AWS_REGION", "AWS_DEFAULT_REGION") {
      s3Region = try Self.region(region.text, name: region.name)
    }
    if let credentials = try Self.credentials(environment) { s3Credentials = credentials }
    if let bundle = value("CURL_CA_BUNDLE", "SSL_CERT_FILE") {
      certificateAuthority = URL(fileURLWithPath: bundle.text)
    }
    if let size = value("NNLUT_CACHE_SIZE") {
      maximumCacheBytes = try Self.cacheSize(size.text, name: size.name)
    }
    if let hosts = value("NNLUT_ALLOWED_HOSTS") { allowedHosts = words(hosts.text) }
    if let names = value("NNLUT_ALLOWED_SCHEMES") {
      allowedSchemes = try Self.schemes(words(names.text), name: names.name)
    }
    if let allowed = value("NNLUT_ALLOW_PRIVATE_ADDRESSES") {
      guard ["0", "1"].contains(allowed.text) else {
        throw SourceError(
          source: allowed.name, problem: "'\(allowed.text.prefix(40))' is neither 1 nor 0",
          remedy: "write 1 to let sources come from private addresses, or leave it out")
      }
      allowsPrivateAddresses = allowed.text == "1"
    }
  }

  /// - Parameter name: The flag or variable, for messages.
  /// - Throws: `SourceError` when `text` is no size of at least a byte.
  public static func cacheSize(_ text: String, name: String) throws -> Int64 {
    guard let bytes = ByteSize.parse(text), bytes > 0 else {
      throw SourceError(
        source: name, problem: "'\(text.prefix(40))' is no size",
        remedy: "write for example 20GiB or 500MB")
    }
    return bytes
  }

  /// - Throws: `SourceError` when one is not known.
  public static func schemes(_ names: [String], name: String) throws -> Set<String> {
    let found = Set(names.map { $0.lowercased().trimmingCharacters(in: [":"]) })
    guard let unknown = found.subtracting(schemes).sorted().first else { return found }
    throw SourceError(
      source: name, problem: "the scheme '\(unknown.prefix(40))' is not known",
      remedy: "choose from " + schemes.sorted().joined(separator: ", "))
  }

  private static func endpoint(_ text: String, name: String) throws -> URL {
    guard let url = URL(string: text), let host = url.host(), !host.isEmpty,
      ["http", "https"].contains(url.scheme?.lowercased()), url.user() == nil, url.query() == nil
    else {
      throw SourceError(
        source: name, problem: "it is no web address",
        remedy: "write https://HOST or https://HOST/PATH")
    }
    return url
  }

  private static func region(_ text: String, name: String) throws -> String {
    // It becomes part of a host name and of the signature's scope.
    let isPlain = text.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45
    }
    guard isPlain, text.utf8.count <= 64 else {
      throw SourceError(
        source: name, problem: "'\(text.prefix(40))' is no region",
        remedy: "write for example us-east-1")
    }
    return text
  }

  private static func credentials(_ environment: [String: String]) throws -> S3Credentials? {
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    let values = names.map { environment[$0].flatMap { $0.isEmpty ? nil : $0 } }
    switch (values[0], values[1]) {
    case (nil, nil): return nil
    case (let key?, let secret?):
      let token = environment["AWS_SESSION_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
      // libcurl takes key and secret apart at a colon, and a line break would end a header.
      let isPlain = [key, secret, token ?? ""].allSatisfy {
        $0.utf8.allSatisfy { $0 > 32 && $0 < 127 }
      }
      guard isPlain, !key.contains(":") else {
        throw SourceError(
          source: names.joined(separator: ", "), problem: "they hold characters that no key has",
          remedy: "copy them again, without spaces and line breaks")
      }
      return S3Credentials(accessKey: key, secretKey: secret, sessionToken: token)
    default:
      let (there, missing) = values[0] == nil ? (names[1], names[0]) : (names[0], names[1])
      throw SourceError(
        source: missing, problem: "it is not set, and \(there) is",
        remedy: "set both, or none for public objects")
    }
  }
}

/// Sizes as people write them.
public enum ByteSize {
  /// `1073741824`, `1GiB`, `1G` (also 2³⁰), `1.5GB` (10⁹): nil for anything else.
  public static func parse(_ text: String) -> Int64? {
    let trimmed = text.trimmingCharacters(in: .whitespaces).lowercased()
    let digits = trimmed.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = trimmed.dropFirst(digits.count).trimmingCharacters(in: .whitespaces)
    let decimal = ["kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12]
    let exponents = ["k": 10, "m": 20, "g": 30, "t": 40]
    let factor: Double
    if unit.isEmpty || unit == "b" {
      factor = 1
    } else if let power = decimal[unit] {
      factor = power
    } else if let exponent = exponents[String(unit.prefix(1))],
      ["", "i", "ib"].contains(String(unit.dropFirst()))
    {
      factor = Double(1 << exponent)
    } else {
      return nil
    }
    guard let number = Double(digits), number >= 0 else { return nil }
    return Int64(exactly: (number * factor).rounded(.down))
  }

  /// For messages: `1.5 GiB`.
  static func text(_ bytes: Int64) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    let tenths = (value * 10).rounded() / 10
    return unit == 0 || tenths == tenths.rounded()
      ? "\(Int64(tenths)) \(units[unit])" : "\(tenths) \(units[unit])"
  }
}
