import Foundation

/// What a worker may fetch, from where, and how patiently.
public struct FetchPolicy: Sendable, CustomStringConvertible, CustomReflectable {
  /// The public hub of models and data sets.
  public static let publicHub = "https://huggingface.co"

  /// `file:` sources may only lie in these, after symbolic links are resolved.
  public var allowedFolders: [URL] = []
  /// Whether sources may come from loopback, private and link-local addresses; checked on the
  /// connected address. Only then are proxies from the environment used, since a proxy would
  /// connect anywhere.
  public var allowsPrivateAddresses = false
  /// Whether `http:` is allowed beyond loopback.
  public var allowsPlainHTTP = false
  /// The size of one source, bytes.
  public var maximumBytes: Int64 = 64 << 30
  /// Files of one folder.
  public var maximumFiles = 100_000
  public var maximumRedirects = 10
  public var connectTimeoutSeconds = 20
  /// A transfer without a byte for this long is cut off (and taken up again).
  public var stallSeconds = 60
  /// Tries in a row that bring nothing before a transfer is given up; at least 1.
  public var maximumTries = 6
  /// The wait before the second try, seconds; doubles with each try, up to 15 seconds.
  public var retryDelaySeconds = 0.5
  /// Where `hf:` sources come from; its host is trusted, private or not.
  public var huggingFaceEndpoint = URL(string: publicHub)
  /// Secret: sent to the hub's own host only, never printed.
  public var huggingFaceToken: String?

  public init() {}

  public var description: String {
    "FetchPolicy(allowedFolders: \(allowedFolders.map(\.path)), "
      + "allowsPrivateAddresses: \(allowsPrivateAddresses))"
  }

  public var customMirror: Mirror {
    Mirror(self, children: ["description": description])
  }
}
