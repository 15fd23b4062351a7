import Foundation
import Synchronization

/// A place in the queue: what is handed out first comes first.
struct QueuePosition: Hashable {
  /// The negated priority.
  var descent: Int
  var virtualStart: Double
  var computation: Int64

  /// Before everything.
  static let head = QueuePosition(
    descent: Int(Int16.min), virtualStart: -.infinity, computation: 0)
}

/// Up to where the queue has been claimed by sessions that offer the same. While some snapshot is
/// held open, what was claimed stays in the index, and every claim from the head would walk over it
/// (1 063 claims a second became 45); a claim that begins at the mark does not. What became ready
/// before the mark is found by a look from the head, soon.
final class ClaimMarks: Sendable {
  private struct Mark {
    var position: QueuePosition
    var lastFullLook: ContinuousClock.Instant
  }

  private struct State {
    var offers: [UUID: String] = [:]
    var marks: [String: Mark] = [:]
  }

  /// The longest that work of a higher priority or an earlier place is passed over.
  private static let interval = Duration.milliseconds(200)
  /// Sessions and offers that are remembered, before all are forgotten.
  private static let limit = 10_000
  private let state = Mutex(State())

  /// Where a claim of this session begins; nil: at the head.
  func mark(for session: UUID) -> QueuePosition? {
    state.withLock { state in
      guard let mark = state.offers[session].flatMap({ state.marks[$0] }),
        ContinuousClock.now - mark.lastFullLook < Self.interval
      else { return nil }
      return mark.position
    }
  }

  /// - Parameter offer: The same for sessions that offer the same.
  func claimed(
    upTo position: QueuePosition, by session: UUID, offer: String, isFullLook: Bool
  ) {
    state.withLock { state in
      if state.offers.count > Self.limit { state = State() }
      state.offers[session] = offer
      if isFullLook {
        state.marks[offer] = Mark(position: position, lastFullLook: .now)
      } else {
        state.marks[offer]?.position = position
      }
    }
  }
}
