import Foundation

/// A process that this one started: its own process group, only the file descriptors it was given
/// (all others are closed on exec).
final class ChildProcess: Sendable {
  let pid: pid_t

  /// glibc's POSIX_SPAWN_SETSID, which Swift does not see: it is declared for GNU sources only.
  private static let setSession: Int32 = 0x80

  struct SpawnError: Error, CustomStringConvertible {
    let description: String
  }

  /// What the child gets besides its arguments.
  struct Options {
    var environment: [String: String] = ProcessInfo.processInfo.environment
    /// Child descriptor → descriptor here. All others are closed in the child.
    var descriptors: [Int32: Int32] = [0: -1, 1: 1, 2: 2]
    /// A session of its own (a supervisor that outlives the terminal) instead of just a group.
    var newSession = false
    /// The process group of this process instead of one of its own.
    var joinsGroup = false
  }

  /// - Parameter name: What errors call it.
  /// - Throws: ``SpawnError`` naming the program.
  init(_ arguments: [String], name: String, options: Options) throws {
    guard let program = arguments.first else {
      throw SpawnError(description: "\(name): no program to start")
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    Self.keepToOurselves()
    // Copies first, above every target, so that no target overwrites a source.
    let highest = (options.descriptors.keys.max() ?? 2) + 1
    var staged: [(target: Int32, copy: Int32)] = []
    defer { for entry in staged { close(entry.copy) } }
    for (target, source) in options.descriptors.sorted(by: { $0.key < $1.key }) {
      let from = source >= 0 ? source : open("/dev/null", O_RDWR | O_CLOEXEC)
      defer { if source < 0 { close(from) } }
      let copy = fcntl(from, F_DUPFD_CLOEXEC, max(highest, 100))
      guard copy >= 0 else {
        throw SpawnError(description: "\(name): no file descriptor left (errno \(errno))")
      }
      staged.append((target, copy))
    }
    for entry in staged {
      posix_spawn_file_actions_adddup2(&actions, entry.copy, entry.target)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD] { sigaddset(&defaults, signal) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
    if options.newSession {
      flags |= Self.setSession
    } else if !options.joinsGroup {
      flags |= Int32(POSIX_SPAWN_SETPGROUP)
      posix_spawnattr_setpgroup(&attributes, 0)
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let argv = arguments.map { strdup($0) } + [nil]
    let envp = options.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var pid: pid_t = 0
    let status = posix_spawnp(&pid, program, &actions, &attributes, argv, envp)
    guard status == 0 else {
      throw SpawnError(
        description: "\(name): cannot start \(program): \(String(cString: strerror(status)))")
    }
    self.pid = pid
  }

  /// Marks what this process inherited itself, for example from whoever waits for its end, as
  /// nobody else's.
  private static func keepToOurselves() {
    let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    for descriptor in open.compactMap({ Int32($0) }) where descriptor > 2 {
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
  }

  /// Sends `signal` to the child alone; its own children are its business.
  func send(_ signal: Int32) { _ = kill(pid, signal) }

  /// Sends `signal` to the child's whole process group.
  func sendToGroup(_ signal: Int32) { _ = kill(-pid, signal) }

  /// Waits for the end on a thread of its own.
  /// - Returns: The exit status, or 128 + the signal that ended it.
  func exit() async -> Int32 { await end().status }

  /// Waits for the end on a thread of its own.
  func end() async -> ProcessEnd {
    await withCheckedContinuation { continuation in
      let thread = Thread { [pid] in continuation.resume(returning: Self.end(of: pid)) }
      thread.stackSize = 128 * 1024
      thread.start()
    }
  }

  static func wait(_ pid: pid_t) -> Int32 { end(of: pid).status }

  static func end(of pid: pid_t) -> ProcessEnd {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      if errno != EINTR { return .exited(-1) }
    }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }
}

/// How a process ended.
enum ProcessEnd: Hashable, Sendable {
  /// By itself.
  case exited(Int32)
  /// Of a signal.
  case signalled(Int32)

  /// As a shell says it: the exit status, or 128 + the signal.
  var status: Int32 {
    switch self {
    case .exited(let status): status
    case .signalled(let signal): 128 + signal
    }
  }
}

/// A pipe that no child inherits unless it is handed an end.
enum PrivatePipe {
  /// - Throws: ``ChildProcess/SpawnError`` when no file descriptor is left.
  static func make() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw ChildProcess.SpawnError(description: "cannot make a pipe (errno \(errno))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Everything that arrives before the far end closes; closes `descriptor`.
  static func readAll(_ descriptor: Int32) async -> String {
    await withCheckedContinuation { continuation in
      Thread {
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let bytes = (try? handle.readToEnd()) ?? nil
        continuation.resume(returning: String(decoding: bytes ?? Data(), as: UTF8.self))
      }.start()
    }
  }
}

/// A pipe whose far end tells, by closing, that the process holding the near end is gone.
struct Lifeline: Sendable {
  /// The watched end, for children.
  let reading: Int32
  /// Kept open for as long as the children should live.
  let writing: Int32

  /// - Throws: ``ChildProcess/SpawnError`` when no pipe can be made.
  init() throws {
    (reading, writing) = try PrivatePipe.make()
  }

  /// Calls `ended` on a thread of its own once the other side of `descriptor` has closed.
  static func watch(_ descriptor: Int32, ended: @escaping @Sendable () -> Void) {
    let thread = Thread {
      var byte: UInt8 = 0
      while true {
        let count = read(descriptor, &byte, 1)
        if count > 0 || (count < 0 && errno == EINTR) { continue }
        break
      }
      ended()
    }
    thread.stackSize = 128 * 1024
    thread.start()
  }
}
