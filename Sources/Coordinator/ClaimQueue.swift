import Foundation
import JobStore
import Jobs
import Synchronization

/// The claims that wait in this coordinator. Sessions that can run the same tasks stand in one line,
/// and only its head looks into the store: when work comes, one look for each claim that gets some;
/// when none comes, one look in a poll interval however many wait.
final class ClaimQueue: Sendable {
  /// A claim that waits.
  final class Waiter: Sendable {
    private enum Outcome {
      case open
      case tasks([ClaimedTask])
      case failure(any Error)
      case closed
    }

    let session: UUID
    let limit: Int
    private let subscription: Subscription
    private let outcome = Mutex(Outcome.open)

    init(session: UUID, limit: Int, subscription: Subscription) {
      self.session = session
      self.limit = limit
      self.subscription = subscription
    }

    var isOpen: Bool { outcome.withLock { if case .open = $0 { true } else { false } } }

    /// - Returns: Whether somebody waited for them.
    fileprivate func deliver(_ result: Result<[ClaimedTask], any Error>) -> Bool {
      let isTaken = outcome.withLock { outcome in
        guard case .open = outcome else { return false }
        switch result {
        case .success(let tasks): outcome = .tasks(tasks)
        case .failure(let error): outcome = .failure(error)
        }
        return true
      }
      if isTaken { subscription.signal() }
      return isTaken
    }

    /// Waits no longer. What comes later goes back to the store.
    fileprivate func close() throws -> [ClaimedTask] {
      try outcome.withLock { outcome in
        defer { outcome = .closed }
        switch outcome {
        case .tasks(let tasks): return tasks
        case .failure(let error): throw error
        case .open, .closed: return []
        }
      }
    }
  }

  private struct Line {
    var waiting: [Waiter] = []
    /// Who has left since the closed ones were last taken out of `waiting`.
    var left = 0
    var looking = 0
    /// Tasks that one look asks for, unless a single claim wants more: many while looks find all they
    /// ask for, few when work trickles in.
    var batch = 1
    /// Signals so far: a look that began before the last one may have missed something.
    var signals = 0
    var sleeper: Subscription?

    mutating func grow() { batch = min(2 * batch, ClaimQueue.largestBatch) }
  }

  private static let largestBatch = 100
  /// Looks at a time in one line, while there is work.
  private static let parallel = 2

  private let store: JobStore
  private let poll: ClosedRange<Duration>
  private let lines = Mutex<[String: Line]>([:])
  /// Session → the line it stands in.
  private let offers = Mutex<[UUID: String]>([:])

  init(store: JobStore, poll: ClosedRange<Duration>) {
    self.store = store
    self.poll = poll
  }

  /// Leases up to `limit` tasks to a session, waiting for them as long as `subscription` lasts.
  /// - Throws: `JobStoreError.unknownSession`.
  func claim(
    session: UUID, limit: Int, until deadline: ContinuousClock.Instant, _ subscription: Subscription
  )
    async throws -> [ClaimedTask]
  {
    let line = try await self.line(of: session)
    let waiter = Waiter(session: session, limit: limit, subscription: subscription)
    enter(waiter, line)
    while waiter.isOpen, !subscription.isEnded {
      let left = deadline - .now
      if left <= .zero { break }
      await subscription.wait(atMost: left)
    }
    let result = Result { try waiter.close() }
    leave(line)
    return try result.get()
  }

  /// Work may be ready.
  func wake() {
    let starting = lines.withLock { lines in
      for key in Array(lines.keys) {
        lines[key]?.signals += 1
        lines[key]?.sleeper?.signal()
      }
      return lines.keys.filter { start(looking: $0, &lines) }
    }
    for key in starting { look(key) }
  }

  /// What a session offers decides what it can be given.
  private func line(of session: UUID) async throws -> String {
    if let known = offers.withLock({ $0[session] }) { return known }
    let offer = try await store.offer(of: session)
    offers.withLock { offers in
      // Sessions that ended are many in the end; those that live are asked for again.
      if offers.count >= 20_000 { offers.removeAll() }
      offers[session] = offer
    }
    return offer
  }

  private func enter(_ waiter: Waiter, _ key: String) {
    let starts = lines.withLock { lines in
      lines[key, default: Line()].waiting.append(waiter)
      return start(looking: key, &lines)
    }
    if starts { look(key) }
  }

  /// Closed waiters are taken out of a line when they are half of it: one by one, that cost more
  /// than all else when thousands wait.
  private func leave(_ key: String) {
    lines.withLock { lines in
      guard var line = lines[key] else { return }
      line.left += 1
      if 2 * line.left >= line.waiting.count {
        line.left = 0
        line.waiting.removeAll { !$0.isOpen }
      }
      if line.waiting.isEmpty { line.sleeper?.signal() }
      lines[key] = line.waiting.isEmpty && line.looking == 0 ? nil : line
    }
  }

  /// Whether another look should begin, which is then counted.
  private func start(looking key: String, _ lines: inout [String: Line]) -> Bool {
    guard let line = lines[key], !line.waiting.isEmpty, line.looking < Self.parallel,
      line.sleeper == nil
    else { return false }
    lines[key]?.looking += 1
    return true
  }

  private func look(_ key: String) { Task { await serve(key) } }

  private enum Step {
    /// At least one.
    case look([Waiter], signals: Int)
    case done
  }

  private func serve(_ key: String) async {
    while case .look(let waiters, let signals) = next(key) {
      guard let waiter = await served(waiters, key) else { continue }
      do {
        if try await claim(for: [waiter]).isEmpty {
          let starts = lines.withLock { lines in
            lines[key]?.grow()
            return start(looking: key, &lines)
          }
          if starts { look(key) }
          continue
        }
        let news = try await store.news(session: waiter.session, running: [])
        if news.expired { throw JobStoreError.unknownSession(waiter.session) }
        // A session that drains hears of it by its heartbeat; until then it waits out of the way.
        if news.drain { continue }
        guard await sleep(key, waiter, since: signals) else { return }
      } catch let error where error.isPassing {
        // Who waits need not know that the database restarts.
        guard await sleep(key, waiter, since: signals) else { return }
      } catch {
        offers.withLock { $0[waiter.session] = nil }
        _ = waiter.deliver(.failure(error))
      }
    }
  }

  /// Leases what there is and hands it out.
  /// - Returns: Who got nothing.
  private func claim(for waiters: [Waiter]) async throws -> [Waiter] {
    var left = waiters
    var unwanted: [(session: UUID, tasks: [ClaimedTask])] = []
    var failure: (any Error)?
    do {
      try await store.claim(
        waiters.map { SessionClaim(session: $0.session, limit: $0.limit) },
        leased: { leased in
          left = waiters.filter { leased[$0.session] == nil }
          for waiter in waiters {
            guard let tasks = leased[waiter.session], !waiter.deliver(.success(tasks)) else {
              continue
            }
            unwanted.append((waiter.session, tasks))
          }
        })
    } catch {
      failure = error
    }
    for (session, tasks) in unwanted { await giveBack(tasks, of: session) }
    if let failure { throw failure }
    return left
  }

  /// One look for several. Those that got nothing are put back, but for the first, which then looks
  /// alone: it learns what became of its session, or sleeps.
  /// - Returns: The first that got nothing; nil when all got some.
  private func served(_ waiters: [Waiter], _ key: String) async -> Waiter? {
    guard waiters.count > 1 else { return waiters.first }
    // Where this fails, the first fares alone as it can.
    let left = (try? await claim(for: waiters)) ?? waiters.filter(\.isOpen)
    let rest = left.dropFirst()
    let starts = lines.withLock { lines in
      var line = lines[key, default: Line()]
      if left.isEmpty { line.grow() } else { line.batch = max(line.batch / 2, 1) }
      line.waiting.insert(contentsOf: rest, at: 0)
      lines[key] = line
      return left.isEmpty && start(looking: key, &lines)
    }
    if starts { look(key) }
    return left.first
  }

  /// Takes the head of a line, and as many others as one look should serve; counts the look as ended
  /// when there is none.
  private func next(_ key: String) -> Step {
    lines.withLock { lines in
      guard var line = lines[key] else { return .done }
      line.waiting.removeAll { !$0.isOpen }
      if line.waiting.isEmpty {
        line.looking -= 1
        lines[key] = line.looking == 0 ? nil : line
        return .done
      }
      var sessions: Set<UUID> = []
      var taken: [Waiter] = []
      var wanted = 0
      for waiter in line.waiting where taken.isEmpty || wanted + waiter.limit <= line.batch {
        // A session that asks twice is answered once at a time.
        guard sessions.insert(waiter.session).inserted else { continue }
        taken.append(waiter)
        wanted += waiter.limit
      }
      line.waiting.removeAll { waiter in taken.contains { $0 === waiter } }
      lines[key] = line
      return .look(taken, signals: line.signals)
    }
  }

  /// Puts a claim that got nothing back in front; waits for a signal or a poll interval, unless
  /// somebody else of the line does.
  /// - Returns: Whether to look again.
  private func sleep(_ key: String, _ waiter: Waiter, since signals: Int) async -> Bool {
    let sleeper = Subscription()
    let next = lines.withLock { lines -> Bool? in
      var line = lines[key, default: Line()]
      defer { lines[key] = line }
      if waiter.isOpen { line.waiting.insert(waiter, at: 0) }
      if line.signals != signals { return true }
      if line.sleeper != nil || line.waiting.isEmpty {
        line.looking -= 1
        return false
      }
      line.sleeper = sleeper
      return nil
    }
    if let next { return next }
    await sleeper.wait(atMost: poll.jittered())
    lines.withLock { $0[key]?.sleeper = nil }
    return true
  }

  private func giveBack(_ tasks: [ClaimedTask], of session: UUID) async {
    // Where this fails, they come back as leases that the session does not list.
    _ = try? await store.release(session: session, tasks.map(\.id))
  }
}
