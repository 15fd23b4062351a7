import Jobs

/// Who may use a route.
enum Access: Hashable, Sendable {
  /// Nobody is asked for a token.
  case everyone
  /// Needs a token of one of `roles`.
  case role(Role)
  /// Results and artifact files: workers fetch inputs, readers fetch artifacts.
  case workOrRead

  /// Any token.
  case anyRole

  /// The roles a token may have: `admin` may do all, `submit` implies `read`. Nil: no token needed.
  var roles: Set<Role>? {
    switch self {
    case .everyone: nil
    case .role(.admin): [.admin]
    case .role(.submit): [.admin, .submit]
    case .role(.work): [.admin, .work]
    case .role(.read): [.admin, .submit, .read]
    case .anyRole, .workOrRead: [.admin, .submit, .read, .work]
    }
  }
}
