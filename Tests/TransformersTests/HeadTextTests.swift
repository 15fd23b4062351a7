import Foundation
import Testing

@testable import Transformers

/// `scripts/fixture_heads.py`: what heads say of texts.
private struct HeadFixture: Decodable {
  struct Pairs: Decodable {
    struct Model: Decodable {
      var model: String
      var logits: [[Float]]
    }

    var inputs: [[String]]
    var models: [Model]
  }

  struct Words: Decodable {
    var words: [String]
    var logits: [Float]
  }

  struct Answer: Decodable {
    var question: String
    var context: String
    var lower: Int
    var upper: Int
    var score: Float
    var nullScore: Float
  }

  var pairs: Pairs
  var words: [Words]
  var answers: [Answer]

  static func load() throws -> Self {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/heads.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
  }
}

@Suite("What heads say of texts")
struct HeadTextTests {
  /// Runs `body` with the named small model and its exact functions.
  private func with(
    _ name: String, _ body: (TextModel, Nonlinearities) throws -> Void
  ) throws {
    try FamilyFixture.named(name).withDirectory { directory in
      let model = try TextModel(directory: directory)
      try body(model, .exact(model.description))
    }
  }

  @Test("logits of texts and pairs, with token types and without")
  func pairs() throws {
    let pairs = try HeadFixture.load().pairs
    let inputs = pairs.inputs.map { ($0[0], $0.count > 1 ? $0[1] : nil) }
    #expect(inputs.contains { $0.1 != nil } && inputs.contains { $0.1 == nil })
    for expected in pairs.models {
      try with(expected.model) { model, exact in
        var reported: [Double] = []
        let logits = try model.logits(inputs, nonlinearities: exact) { reported.append($0) }
        #expect(logits.count == expected.logits.count && reported == [1])
        for (row, reference) in zip(logits, expected.logits) {
          #expect(largestDifference(row, reference) < 1e-5, "\(expected.model)")
        }
      }
    }
  }

  @Test("logits of words: their first tokens, those cut off missing at the end")
  func words() throws {
    let cases = try HeadFixture.load().words
    try with("bert silu") { model, exact in
      let rows = try model.wordLogits(cases.map(\.words), nonlinearities: exact)
      #expect(rows.count == cases.count)
      for (row, expected) in zip(rows, cases) {
        #expect(largestDifference(row, expected.logits) < 1e-5, "\(expected.words)")
      }
      #expect(try #require(rows.last).count < 3 * (try #require(cases.last).words.count))
      // A word of which no token is made has zeros; no words, no numbers.
      let holes = try model.wordLogits([["ab", "", "c"], [], [""]], nonlinearities: exact)
      #expect(holes[0].count == 9 && holes[0][3..<6] == [0, 0, 0] && holes[0][6] != 0)
      #expect(holes[1].isEmpty && holes[2].isEmpty)
    }
  }

  @Test("answers over windows, with their scores and that of no answer")
  func answers() throws {
    let cases = try HeadFixture.load().answers
    try with("bert answers") { model, exact in
      var reported: [Double] = []
      let inputs = cases.map { (question: $0.question, context: $0.context) }
      // Many inputs, so that windows of one question fall into different batches.
      let many = (0..<20).flatMap { _ in inputs }
      let spans = try model.answers(many, nonlinearities: exact) { reported.append($0) }
      #expect(spans.count == many.count)
      #expect(reported.last == 1 && reported == reported.sorted() && reported.count > 2)
      for (index, span) in spans.enumerated() {
        let expected = cases[index % cases.count]
        #expect(span.lower == expected.lower && span.upper == expected.upper, "\(span)")
        #expect(abs(span.score - expected.score) < 1e-5)
        #expect(abs(span.nullScore - expected.nullScore) < 1e-5)
      }
      #expect(try model.answers([], nonlinearities: exact).isEmpty)
      let empty = try model.answers([(question: "a", context: "")], nonlinearities: exact)
      #expect(empty[0].lower == 0 && empty[0].upper == 0 && empty[0].score == 0)
      #expect(throws: (any Error).self) {
        let question = String(repeating: "abcd ", count: 9)
        return try model.answers([(question, "a b c d e f")], nonlinearities: exact)
      }
    }
  }

  @Test("answers keep order, length and context, and their scores are those of the best pair")
  func search() {
    // Tokens 0 and 1 are no context; token 33 ends best but lies more than 30 from the best start.
    var scores = [Float](repeating: 0, count: 2 * 40)
    (scores[0], scores[1]) = (9, 8)
    (scores[2 * 2], scores[2 * 33 + 1], scores[2 * 31 + 1]) = (5, 7, 6)
    scores[2 * 35] = 4
    let offsets = (0..<40).map { $0 < 2 ? nil : (3 * $0)..<(3 * $0 + 2) }
    var search = AnswerSearch()
    scores.withUnsafeBufferPointer { search.add($0, offsets: offsets) }
    #expect(search.answer == AnswerSpan(lower: 6, upper: 95, score: 11, nullScore: 17))
  }

  @Test("masked tokens agree with the scores of every word")
  func masked() throws {
    let texts = ["ab cd ef", "", "a", String(repeating: "abc de ", count: 12), "gh ij k", "lmno p"]
    try with("bert words") { model, exact in
      let rows = try model.maskedTokens(texts, seed: 3, nonlinearities: exact)
      #expect(rows.count == texts.count && rows[1].isEmpty && rows[2].count == 1)
      #expect(rows[3].count <= 10)
      let mask = try #require(model.tokenizer.maskToken)
      for (text, row) in zip(texts, rows) {
        let encoding = model.tokenizer.encoding(text, maximumLength: model.maximumLength)
        let places = TokenMask(seed: 3).places(
          text, candidates: Array(encoding.tokens.indices.dropFirst().dropLast()))
        var tokens = encoding.tokens
        for place in places { tokens[place] = mask }
        let scores = try model.outputs(tokens: [tokens], nonlinearities: exact)[0]
        let width = model.description.vocabularySize
        #expect(places.count == row.count)
        for (place, token) in zip(places, row) {
          let words = scores[(place * width)..<((place + 1) * width)].map(Double.init)
          let score = words[Int(encoding.tokens[place])]
          let expected = log(words.reduce(0) { $0 + exp($1) }) - score
          #expect(abs(Double(token.negativeLogLikelihood) - expected) < 1e-4)
          #expect(token.isTop == (score == words.max()))
        }
      }
      #expect(rows.joined().contains { !$0.isTop })
      #expect(try model.maskedTokens(texts, seed: 3, nonlinearities: exact) == rows)
      #expect(try model.maskedTokens(texts, seed: 4, nonlinearities: exact) != rows)
    }
  }

  @Test("15 % of many tokens are masked, at least one of each text")
  func share() {
    let mask = TokenMask(seed: 11)
    let counts = (0..<400).map { mask.places("text \($0)", candidates: Array(1...100)).count }
    #expect((5600...6400).contains(counts.reduce(0, +)))
    #expect((0..<400).allSatisfy { mask.places("text \($0)", candidates: [1, 2]).count >= 1 })
    #expect(mask.places("text", candidates: []).isEmpty)
  }

  @Test("the logarithm is the mathematical one")
  func logarithm() {
    for step in 0..<4000 {
      let x = exp(Double(step) / 100 - 20)
      #expect(abs(NaturalLogarithm.of(x) - log(x)) <= 1e-14 * max(1, abs(log(x))))
    }
    #expect(NaturalLogarithm.of(1) == 0 && NaturalLogarithm.of(-1).isNaN)
  }

  @Test("a model with another head says so")
  func otherHeads() throws {
    try with("bert answers") { model, exact in
      let error = try #require(throws: TransformersError.self) {
        try model.logits([("a", nil)], nonlinearities: exact)
      }
      #expect("\(error)".contains("question answering") && "\(error)".contains("architectures"))
      #expect(throws: TransformersError.self) {
        try model.wordLogits([["a"]], nonlinearities: exact)
      }
      #expect(throws: TransformersError.self) {
        try model.maskedTokens(["a"], seed: 0, nonlinearities: exact)
      }
    }
    try with("bert relu") { model, exact in
      #expect(throws: TransformersError.self) {
        try model.answers([("a", "b")], nonlinearities: exact)
      }
    }
    try with("bert") { model, exact in
      #expect(throws: TransformersError.self) {
        try model.outputs(tokens: [[2, 3]], nonlinearities: exact)
      }
    }
  }
}
