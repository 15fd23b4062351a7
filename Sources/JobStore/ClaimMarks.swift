import Foundation
import Synchronization

/// A place in the queue: what is handed out first comes first.
struct QueuePosition: Hashable, Comparable {
  /// The negated priority.
  var descent: Int
  var virtualStart: Double
  var computation: Int64

  /// Before everything.
  static let head = QueuePosition(
    descent: Int(Int16.min), virtualStart: -.infinity, computation: 0)

  /// Behind everything.
  static let tail = QueuePosition(
    descent: Int(Int16.max), virtualStart: .infinity, computation: .max)

  static func < (left: QueuePosition, right: QueuePosition) -> Bool {
    (left.descent, left.virtualStart, left.computation)
      < (right.descent, right.virtualStart, right.computation)
  }
}

/// Up to where the queue has been claimed by sessions that offer the same. While some snapshot is
/// held open, what was claimed stays in the index, and every claim from the head would walk over it
/// (1 063 claims a second became 45); a claim that begins at the mark does not. What this process
/// puts before a mark takes it back there; what others do is found by a look from the head, soon.
final class ClaimMarks: Sendable {
  /// Where a claim begins.
  struct Start {
    var position: QueuePosition
    /// Not from a mark.
    var isFullLook: Bool
    fileprivate var number: Int
  }

  private struct Mark {
    var position: QueuePosition
    var lastFullLook: ContinuousClock.Instant
  }

  private struct State {
    var offers: [UUID: String] = [:]
    var marks: [String: Mark] = [:]
    /// Claims under way, and the first place where something was put since they began.
    var underWay: [Int: QueuePosition] = [:]
    var nextNumber = 0

    mutating func start(_ position: QueuePosition, isFullLook: Bool) -> Start {
      nextNumber += 1
      underWay[nextNumber] = .tail
      return Start(position: position, isFullLook: isFullLook, number: nextNumber)
    }
  }

  /// The longest that work of a higher priority or an earlier place is passed over.
  private static let interval = Duration.milliseconds(200)
  /// Sessions and offers that are remembered, before all are forgotten.
  private static let limit = 10_000
  private let state = Mutex(State())

  /// - Parameter fromHead: Whatever the mark says. Every start must be ended by ``end(_:)``.
  func start(for session: UUID, fromHead: Bool) -> Start {
    state.withLock { state in
      guard !fromHead, let mark = state.offers[session].flatMap({ state.marks[$0] }),
        ContinuousClock.now - mark.lastFullLook < Self.interval
      else { return state.start(.head, isFullLook: true) }
      return state.start(mark.position, isFullLook: false)
    }
  }

  func end(_ start: Start) { state.withLock { _ = $0.underWay.removeValue(forKey: start.number) } }

  /// - Parameters:
  ///   - start: Where the claim had begun.
  ///   - position: What it took last.
  ///   - sessions: For whom.
  ///   - offer: The same for sessions that offer the same.
  func claimed(
    from start: Start, upTo position: QueuePosition, by sessions: [UUID], offer: String
  ) {
    state.withLock { state in
      if state.offers.count > Self.limit { (state.offers, state.marks) = ([:], [:]) }
      for session in sessions { state.offers[session] = offer }
      // What was put before it meanwhile, the claim need not have seen.
      let position = min(position, state.underWay[start.number] ?? position)
      if start.isFullLook {
        state.marks[offer] = Mark(position: position, lastFullLook: .now)
      } else {
        state.marks[offer]?.position = position
      }
    }
  }

  /// Something committed is ready at `position` or behind it.
  func becameReady(at position: QueuePosition) {
    state.withLock { state in
      for (offer, mark) in state.marks where position < mark.position {
        state.marks[offer]?.position = position
      }
      for (number, first) in state.underWay where position < first {
        state.underWay[number] = position
      }
    }
  }
}
