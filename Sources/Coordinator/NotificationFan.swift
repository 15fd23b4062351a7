import JobStore
import Logging
import ServiceLifecycle

/// Passes the store's notifications on to the long polls of this coordinator.
struct NotificationFan: Service {
  let store: JobStore
  let signals: Signals
  let claims: ClaimQueue
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      for await notification in store.notifications() {
        switch notification {
        case .ready: claims.wake()
        case .job(let job): signals.send(.job(job))
        case .session(let session): signals.send(.session(session))
        case .pool(let pool): signals.send(.pool(pool))
        case .missed:
          claims.wake()
          signals.sendAll()
        }
      }
    }
    // Without notifications the long polls still look for themselves.
    if !Task.isCancelled, !Task.isShuttingDownGracefully {
      logger.warning("the store's notifications ended; long polls go on by polling")
    }
    try? await gracefulShutdown()
  }
}
