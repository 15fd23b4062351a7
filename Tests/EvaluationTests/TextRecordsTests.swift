import Evaluation
import Foundation
import Testing

@Suite struct TextRecordsTests {
  @Test func drawsWithoutReplacementAndTheSameEachTime() {
    let drawn = TextRecords.draw(samples: 100, of: 1000, seed: 7)
    #expect(drawn.count == 100 && Set(drawn).count == 100)
    #expect(drawn == drawn.sorted() && drawn.allSatisfy { (0..<1000).contains($0) })
    #expect(drawn == TextRecords.draw(samples: 100, of: 1000, seed: 7))
    #expect(drawn != TextRecords.draw(samples: 100, of: 1000, seed: 8))
  }

  @Test func drawsEverythingWhenThereIsNoMore() {
    #expect(TextRecords.draw(samples: 10, of: 4, seed: 1) == [0, 1, 2, 3])
    #expect(TextRecords.draw(samples: 4, of: 4, seed: 1) == [0, 1, 2, 3])
    #expect(TextRecords.draw(samples: 0, of: 4, seed: 1).isEmpty)
  }
}

extension TextRecordsTests {
  @Test func readsLinesAndSkipsBlankOnes() throws {
    let folder = try TemporaryFolder(["a.txt": "\u{FEFF}one\r\n\n  \t\n two \nthree"])
    let records = try TextRecords(contentsOf: folder.url.appendingPathComponent("a.txt"))
    #expect((0..<records.count).map { records[$0] } == ["one", " two ", "three"])
  }

  @Test(arguments: ["a.jsonl", "a"])
  func readsJSONLines(name: String) throws {
    let folder = try TemporaryFolder([
      name: "{\"text\":\"one\\ntwo\"}\n\n{\"text\":\" \"}\n{\"text\":\"\\u00e9\",\"x\":1}\n"
    ])
    let records = try TextRecords(contentsOf: folder.url.appendingPathComponent(name))
    #expect((0..<records.count).map { records[$0] } == ["one\ntwo", "\u{E9}"])
  }

  @Test func namesTheLineOfABadRecord() throws {
    let folder = try TemporaryFolder([
      "a.jsonl": "{\"text\":\"one\"}\n{\"txt\":\"two\"}\n", "b": "\n",
    ])
    let bad = message { try TextRecords(contentsOf: folder.url.appendingPathComponent("a.jsonl")) }
    #expect(bad.contains("a.jsonl:2:") && bad.contains("\"text\" is missing"), "\(bad)")
    let empty = message { try TextRecords(contentsOf: folder.url.appendingPathComponent("b")) }
    #expect(empty.contains("holds no text"))
  }
}
