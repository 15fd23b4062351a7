/// One thing that goes wrong, and for how long. Workers and coordinators are numbered from 0; each
/// has one link.
enum Fault: Sendable {
  /// SIGKILL; another process takes its place.
  case killWorker(Int, backAfter: Duration)
  /// SIGSEGV of the process that does the work; a real worker's keeper tells and starts it again.
  case crashWorker(Int)
  /// SIGSTOP, then SIGCONT: longer than the lease, it wakes as a zombie and writes.
  case freezeWorker(Int, lasting: Duration)
  /// Its disk takes nothing more.
  case fillWorkerDisk(Int, lasting: Duration)
  /// Its clock is wrong by so many seconds from now on.
  case clockJump(Int, seconds: Int)
  /// It is asked to drain; when it has ended another takes its place.
  case drainWorker(Int)
  case killCoordinator(Int, backAfter: Duration)
  case freezeCoordinator(Int, lasting: Duration)
  /// `pg_terminate_backend` for up to `count` connections.
  case terminateBackends(Int)
  /// SIGKILL of one backend: the server ends all of them and recovers.
  case killBackend
  /// Of the database server; `immediate` leaves it to recovery.
  case restartServer(immediate: Bool)
  /// Connections from outside until the server has none left.
  case exhaustConnections(lasting: Duration)
  /// A transaction elsewhere that keeps dead rows from being removed.
  case holdSnapshot(lasting: Duration)
  /// The database's tablespace takes nothing more.
  case fillStoreDisk(lasting: Duration)
  /// Nothing passes in these directions, though connections stay open; at the end what was held
  /// arrives late, or everything is cut.
  case stall(LinkName, FaultLink.Directions, lasting: Duration, endsWithCut: Bool)
  /// Connections are reset and refused.
  case cut(LinkName, lasting: Duration)
  case delay(LinkName, each: Duration, lasting: Duration)
  /// So many requests are delivered but their replies are lost.
  case dropReplies(worker: Int, Int)
  /// So many requests are sent once more, some seconds later.
  case repeatRequests(worker: Int, Int)
  case cancelAndRetry(job: Int, after: Duration)

  /// As the summary counts it.
  var kind: String {
    switch self {
    case .killWorker: "kill worker"
    case .crashWorker: "crash worker"
    case .freezeWorker: "freeze worker"
    case .fillWorkerDisk: "full disk at worker"
    case .clockJump: "clock jump"
    case .drainWorker: "drain worker"
    case .killCoordinator: "kill coordinator"
    case .freezeCoordinator: "freeze coordinator"
    case .terminateBackends: "terminate backends"
    case .killBackend: "kill backend"
    case .restartServer(let immediate): immediate ? "crash server" : "restart server"
    case .exhaustConnections: "no connections left"
    case .holdSnapshot: "held snapshot"
    case .fillStoreDisk: "full disk at store"
    case .stall(let link, let directions, _, _): "stall \(link.kind) \(directions)"
    case .cut(let link, _): "cut \(link.kind)"
    case .delay(let link, _, _): "delay \(link.kind)"
    case .dropReplies: "lose replies"
    case .repeatRequests: "repeat requests"
    case .cancelAndRetry: "cancel and retry"
    }
  }

  /// Whether coordinators or their database are disturbed as a whole, so that no lease can be taken
  /// over meanwhile.
  var disturbsStore: Bool {
    switch self {
    case .killCoordinator, .freezeCoordinator, .terminateBackends, .killBackend, .restartServer,
      .exhaustConnections, .fillStoreDisk:
      true
    case .stall(let link, _, _, _), .cut(let link, _), .delay(let link, _, _):
      if case .database = link { true } else { false }
    default: false
    }
  }
}

/// One proxied link.
enum LinkName: Hashable, Sendable, CustomStringConvertible {
  /// From worker number … to the coordinators.
  case worker(Int)
  /// From coordinator number … to the database.
  case database(Int)
  /// From the one who submits and watches to the coordinators.
  case user

  var description: String {
    switch self {
    case .worker(let number): "worker \(number)"
    case .database(let number): "coordinator \(number) to database"
    case .user: "user"
    }
  }

  var kind: String {
    switch self {
    case .worker: "worker link"
    case .database: "database link"
    case .user: "user link"
    }
  }
}
