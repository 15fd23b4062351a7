import Foundation
import Testing

@testable import Coordinator

@Suite struct SignalsTests {
  private let long = Duration.seconds(600)

  @Test(.timeLimit(.minutes(1))) func aSignalBetweenTwoWaitsIsNotLost() async {
    let signals = Signals()
    await signals.withSubscription(to: [.pool("p")], on: Connection()) { subscription in
      signals.send(.pool("p"))
      await subscription.wait(atMost: long)
      #expect(!subscription.isEnded)
    }
  }

  @Test(.timeLimit(.minutes(1))) func wakesOnlyThoseWhoWaitForTheTopic() async {
    let signals = Signals()
    let session = UUID()
    await signals.withSubscription(to: [.session(session)], on: Connection()) { subscription in
      signals.send(.pool("p"))
      signals.send(.session(UUID()))
      let start = ContinuousClock.now
      await subscription.wait(atMost: .milliseconds(50))
      #expect(ContinuousClock.now - start >= .milliseconds(50))
      signals.send(.session(session))
      await subscription.wait(atMost: long)
    }
  }

  @Test(.timeLimit(.minutes(1))) func aWaitThatRanOutDoesNotWakeTheNext() async {
    let signals = Signals()
    await signals.withSubscription(to: [.pool("p")], on: Connection()) { subscription in
      for _ in 0..<3 {
        let start = ContinuousClock.now
        await subscription.wait(atMost: .milliseconds(20))
        #expect(ContinuousClock.now - start >= .milliseconds(20))
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func longWaitsEndTogetherAndNoneEarly() async {
    await withTaskGroup(of: Duration.self) { group in
      for _ in 0..<100 {
        group.addTask {
          let start = ContinuousClock.now
          await Subscription().wait(atMost: .seconds(1))
          return ContinuousClock.now - start
        }
      }
      for await waited in group { #expect(waited >= .seconds(1)) }
    }
    // A signal ends one before its time; the alarm that was set for it wakes no later wait.
    let subscription = Subscription()
    subscription.signal()
    let start = ContinuousClock.now
    await subscription.wait(atMost: .seconds(1))
    await subscription.wait(atMost: .seconds(2))
    #expect(ContinuousClock.now - start >= .seconds(2))
  }

  @Test(.timeLimit(.minutes(1))) func aClosedConnectionEndsTheWait() async {
    let signals = Signals()
    let connection = Connection()
    await signals.withSubscription(to: [.pool("p")], on: connection) { subscription in
      async let waited: Void = subscription.wait(atMost: long)
      connection.close()
      await waited
      #expect(subscription.isEnded)
    }
    #expect(connection.isClosed)
    await signals.withSubscription(to: [.pool("p")], on: connection) { #expect($0.isEnded) }
  }

  @Test(.timeLimit(.minutes(1))) func shutdownEndsEveryWaitAndAllLaterOnes() async {
    let signals = Signals()
    await signals.withSubscription(to: [.pool("p")], on: Connection()) { subscription in
      async let waited: Void = subscription.wait(atMost: long)
      signals.end()
      await waited
      #expect(subscription.isEnded)
    }
    await signals.withSubscription(to: [.pool("local")], on: Connection()) { #expect($0.isEnded) }
  }

  @Test(.timeLimit(.minutes(1))) func cancellationEndsTheWait() async {
    let signals = Signals()
    let task = Task {
      await signals.withSubscription(to: [.pool("p")], on: Connection()) { subscription in
        await subscription.wait(atMost: long)
        return subscription.isEnded
      }
    }
    task.cancel()
    #expect(await task.value)
  }

  @Test func leavesNothingBehind() async {
    let signals = Signals()
    await signals.withSubscription(to: [.pool("p")], on: Connection()) { _ in
      #expect(signals.count(.pool("p")) == 1)
    }
    #expect(signals.count(.pool("p")) == 0)
  }
}
