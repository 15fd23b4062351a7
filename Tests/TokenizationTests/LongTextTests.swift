import Foundation
import Testing

@testable import Tokenization

/// Texts of a million characters take time in proportion.
@Suite struct LongTextTests {
  @Test(arguments: ["small"] + FamilyTests.families.map { "families/\($0)" })
  func aMillionCharactersTakeAMoment(folder: String) throws {
    let tokenizer = try Tokenizer(directory: Fixture.folder.appendingPathComponent(folder))
    let texts = [
      String(repeating: "a", count: 1_000_000), String(repeating: "ab", count: 500_000),
      String(repeating: "word, caf\u{E9} ", count: 83_000),
      String(repeating: "\u{1D165}", count: 250_000), String(repeating: "[", count: 1_000_000),
      String(repeating: " ", count: 1_000_000), String(repeating: "\u{301}", count: 500_000),
    ]
    let special = tokenizer.encode("", maximumLength: 0)
    let duration = ContinuousClock().measure {
      for text in texts {
        #expect(tokenizer.encode(text, maximumLength: 16).count <= 16)
        #expect(tokenizer.encode(text, maximumLength: 0) == special)
      }
      for text in texts.prefix(2) {
        let encoding = tokenizer.encoding(text, maximumLength: .max)
        #expect(encoding.offsets.map(\.upperBound).max() ?? 0 <= text.utf8.count)
      }
    }
    // Quadratic work would take hours; the bound leaves room for busy cores.
    #expect(duration < .seconds(60), "\(duration)")
  }

  /// The work of merging a word of n scalars, counted: each merge adds at most two pairs.
  @Test func mergingIsNotQuadratic() throws {
    let names = ["a", "aa", "aaaa", "aaaaaaaa", "b", "ab", "ba", "abab"]
    let tokens = names.enumerated().map { (text: $1, id: Int32($0)) }
    let vocabulary = SortedVocabulary(tokens)
    func merge(_ left: String, _ right: String) throws -> PairMerges.Merge {
      PairMerges.Merge(
        left: try #require(vocabulary.id(of: left.utf8)),
        right: try #require(vocabulary.id(of: right.utf8)),
        whole: try #require(vocabulary.id(of: (left + right).utf8)))
    }
    let merges = try PairMerges([
      merge("a", "b"), merge("a", "a"), merge("b", "a"), merge("aa", "aa"), merge("ab", "ab"),
      merge("aaaa", "aaaa"),
    ])
    for word in [
      String(repeating: "a", count: 1_000_000), String(repeating: "ab", count: 500_000),
      String(repeating: "aab", count: 333_333),
    ] {
      var chain = SymbolChain(capacity: word.utf8.count)
      for byte in word.utf8 { chain.append(byte == 97 ? 0 : 4, length: 1) }
      chain.merge(merges)
      #expect(chain.steps <= 3 * word.utf8.count, "\(chain.steps)")
      var list = TokenList(isTracked: true)
      chain.append(to: &list)
      #expect(list.ranges.last?.upperBound == word.utf8.count && list.count < word.utf8.count)
    }
  }
}
