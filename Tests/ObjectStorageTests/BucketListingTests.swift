import Foundation
import Testing

@testable import ObjectStorage

struct BucketListingTests {
  static let page = """
    <?xml version="1.0" encoding="UTF-8"?>
    <!-- a comment -->
    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
      <Name>b</Name><IsTruncated>true</IsTruncated><Delimiter/>
      <NextContinuationToken>1/&#x2b;&amp;=</NextContinuationToken>
      <Contents><Key>a&lt;&#228;&gt;&quot;&apos;.txt</Key><Size>12</Size>
        <Owner><ID>x</ID></Owner></Contents>
      <Contents><Key><![CDATA[<b>&]]></Key><Size>0</Size></Contents>
    </ListBucketResult>
    """

  @Test func aPageIsRead() throws {
    let listing = try BucketListing(Data(Self.page.utf8))
    #expect(listing.nextToken == "1/+&=")
    #expect(
      listing.objects == [.init(key: "a<ä>\"'.txt", size: 12), .init(key: "<b>&", size: 0)])
  }

  @Test(arguments: [
    "", "{}", "<Error><Code>NoSuchKey</Code></Error>", "<ListBucketResult>",
    "<ListBucketResult></Other>", "<!DOCTYPE x [<!ENTITY a 'b'>]><ListBucketResult/>",
    "<ListBucketResult>&nbsp;</ListBucketResult>", "<ListBucketResult><Contents",
    "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
    String(repeating: "<a>", count: 100_000), "<ListBucketResult>&#xD800;</ListBucketResult>",
  ])
  func whatIsNoPageIsRefused(text: String) {
    #expect(throws: (any Error).self) { try BucketListing(Data(text.utf8)) }
  }

  @Test func damagedPagesDoNoHarm() {
    var generator = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
    var state = seed
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let bytes = Array(Self.page.utf8)
    var read = 0
    for _ in 0..<20_000 {
      var damaged = bytes
      for _ in 0...next(3) {
        switch next(3) {
        case 0: damaged[next(damaged.count)] = UInt8(next(256))
        case 1: damaged.remove(at: next(damaged.count))
        default: damaged.insert(Array("<>&;/!]".utf8)[next(7)], at: next(damaged.count))
        }
      }
      if (try? BucketListing(Data(damaged))) != nil { read += 1 }
      _ = BucketError(Data(damaged))
    }
    #expect(read > 0 && read < 20_000, "seed \(seed)")
  }

  @Test func aRefusalIsRead() {
    let text = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu</Region></Error>"
    let error = BucketError(Data(text.utf8))
    #expect(error.code == "AuthorizationHeaderMalformed" && error.region == "eu")
    #expect(BucketError(Data("<html>".utf8)) == BucketError(Data()))
  }
}
