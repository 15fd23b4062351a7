import Foundation

/// An account of this machine.
struct OperatingSystemUser: Sendable {
  var name: String
  var id: uid_t
  var group: gid_t

  static func named(_ name: String) -> OperatingSystemUser? {
    getpwnam(name).map { OperatingSystemUser($0) }
  }

  /// The account that this process runs as.
  static var current: OperatingSystemUser? { getpwuid(geteuid()).map { OperatingSystemUser($0) } }

  private init(_ entry: UnsafeMutablePointer<passwd>) {
    name = String(cString: entry.pointee.pw_name)
    id = entry.pointee.pw_uid
    group = entry.pointee.pw_gid
  }
}
