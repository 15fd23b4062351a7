import NIOCore
import Testing

@testable import Coordinator

/// When a client is too slow, without a clock or a socket.
@Suite struct RequestReceiptTests {
  private static let pace = RequestReceipt.Pace(
    head: .seconds(10), grace: .seconds(5), bytesPerSecond: 100)

  private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

  @Test func aHeadMustHaveComeInTimeHoweverManyBytesCame() {
    var receipt = RequestReceipt(pace: Self.pace)
    receipt.want(at: at(0))
    for second in 1...10 {
      receipt.arrive(1, at: at(Int64(second)))
      receipt.want(at: at(Int64(second)))
      #expect(!receipt.isTooSlow(at: at(Int64(second))))
    }
    #expect(receipt.isTooSlow(at: at(11)))
  }

  @Test func aBodyMayBeAsSlowAsItsRate() {
    var receipt = RequestReceipt(pace: Self.pace)
    receipt.arrive(50, at: at(0))
    receipt.headEnded()
    receipt.want(at: at(0))
    #expect(!receipt.isTooSlow(at: at(5)))
    receipt.arrive(300, at: at(5))
    receipt.want(at: at(5))
    #expect(!receipt.isTooSlow(at: at(8)))
    #expect(receipt.isTooSlow(at: at(9)))
  }

  @Test func timeInWhichNothingIsReadDoesNotCount() {
    var receipt = RequestReceipt(pace: Self.pace)
    receipt.want(at: at(0))
    receipt.arrive(10, at: at(1))
    receipt.headEnded()
    #expect(!receipt.isTooSlow(at: at(1000)), "the coordinator did not read")
    receipt.want(at: at(1000))
    #expect(receipt.isTooSlow(at: at(1006)))
  }

  @Test func betweenRequestsThereIsNoHurry() {
    var receipt = RequestReceipt(pace: Self.pace)
    receipt.want(at: at(0))
    receipt.arrive(10, at: at(1))
    receipt.headEnded()
    receipt.requestEnded()
    receipt.want(at: at(1))
    #expect(!receipt.isTooSlow(at: at(1000)))
    receipt.arrive(1, at: at(1000))
    #expect(receipt.phase == .head)
    receipt.want(at: at(1000))
    #expect(!receipt.isTooSlow(at: at(1009)))
    #expect(receipt.isTooSlow(at: at(1011)))
  }
}
