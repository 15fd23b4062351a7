import Foundation

/// What a worker may fetch, from where, and how patiently.
public struct FetchPolicy: Sendable, CustomStringConvertible, CustomReflectable {
  /// The public hub of models and data sets.
  public static let publicHub = "https://huggingface.co"
  /// The schemes that a source may have.
  public static let schemes: Set<String> = ["file", "http", "https", "s3", "hf"]

  /// The schemes that sources may have here; some of `schemes`.
  public var allowedSchemes = FetchPolicy.schemes
  /// The hosts that may be asked, redirects included: `example.org`, `*.example.org` (what lies
  /// below it), either with `:PORT`. nil allows all.
  public var allowedHosts: [String]?
  /// `file:` sources may only lie in these, after symbolic links are resolved.
  public var allowedFolders: [URL] = []
  /// Whether sources may come from loopback, private and link-local addresses; checked on the
  /// connected address. Only then are proxies from the environment used, since a proxy would
  /// connect anywhere.
  public var allowsPrivateAddresses = false
  /// Whether `http:` is allowed from public addresses; from private ones it is when they are.
  public var allowsPlainHTTP = false
  /// PEM file of the authorities to trust instead of the system's.
  public var certificateAuthority: URL?
  /// The size of one source, bytes.
  public var maximumBytes: Int64 = 64 << 30
  /// What all sources in the cache may take together, bytes; at least 1. nil: 50 GiB, or half of
  /// the disk where that is less.
  public var maximumCacheBytes: Int64?
  /// Files of one folder.
  public var maximumFiles = 100_000
  public var maximumRedirects = 10
  public var connectTimeoutSeconds = 20
  /// A transfer with fewer than `minimumBytesPerSecond` over this long is cut off (and taken up
  /// again).
  public var stallSeconds = 60
  public var minimumBytesPerSecond = 128
  /// Tries in a row that bring nothing before a transfer is given up; at least 1.
  public var maximumTries = 6
  /// The wait before the second try, seconds; doubles with each try, up to 15 seconds.
  public var retryDelaySeconds = 0.5
  /// Where `hf:` sources come from; its host is trusted, private or not.
  public var huggingFaceEndpoint = URL(string: publicHub)
  /// Secret: sent to the hub's own host only, never printed.
  public var huggingFaceToken: String?
  /// Where `s3:` sources come from, with the bucket as first part of the path; its host is trusted,
  /// private or not. nil: Amazon's, in `s3Region`.
  public var s3Endpoint: URL?
  public var s3Region = "us-east-1"
  /// nil: requests are not signed.
  public var s3Credentials: S3Credentials?
  /// Larger objects are fetched in parts of this size, bytes; at least 1.
  public var s3PartBytes: Int64 = 64 << 20

  public init() {}

  public var description: String {
    "FetchPolicy(allowedFolders: \(allowedFolders.map(\.path)), "
      + "allowsPrivateAddresses: \(allowsPrivateAddresses))"
  }

  public var customMirror: Mirror {
    Mirror(self, children: ["description": description])
  }
}

/// What signs requests to an object store. Never printed, sent only as a signature (the session
/// token as it is), and only to the store's own host.
public struct S3Credentials: Sendable, CustomStringConvertible, CustomReflectable {
  public var accessKey: String
  public var secretKey: String
  /// With temporary credentials.
  public var sessionToken: String?

  public init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken
  }

  public var description: String { "S3Credentials(…)" }

  public var customMirror: Mirror {
    Mirror(self, children: ["description": description])
  }
}
