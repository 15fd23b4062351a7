/// For how long sessions could be heard without a break. After a start, or when the database was
/// away, their silence says nothing about them: without this, an outage longer than a lease would
/// take the work of a whole fleet away and count it as crashed.
struct Hearing {
  private var since: ContinuousClock.Instant
  private var last: ContinuousClock.Instant

  init(since start: ContinuousClock.Instant) {
    since = start
    last = start
  }

  var duration: Duration { last - since }

  /// The database has answered.
  mutating func heard(at now: ContinuousClock.Instant, longestGap: Duration) {
    if now - last > longestGap { since = now }
    last = now
  }
}
