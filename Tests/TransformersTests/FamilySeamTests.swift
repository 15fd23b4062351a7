import Foundation
import Models
import Testing

@testable import Transformers

@Suite("The sites of every family and head")
struct FamilySeamTests {
  @Test(
    "each receives as many values as its operator has, in order",
    arguments: FamilyAgreementTests.names)
  func counts(name: String) throws {
    let fixture = try FamilyFixture.named(name)
    try fixture.withDirectory { directory in
      let model = try TextModel(directory: directory)
      let description = model.description
      let recorder = KeepingRecorder()
      let tokens = fixture.sequences.map(\.tokens)
      let exact = Nonlinearities.exact(description)
      if description.head == .none {
        _ = try model.hiddenStates(tokens: tokens, nonlinearities: exact, recorder: recorder)
      } else {
        _ = try model.outputs(tokens: tokens, nonlinearities: exact, recorder: recorder)
      }
      let lengths = tokens.map(\.count)
      let count = lengths.reduce(0, +)
      #expect(recorder.values.count == description.sites.count)
      for (index, site) in description.sites.enumerated() {
        let values = recorder.values[index] ?? []
        let isHead = index >= description.encoderSiteCount
        let isPrediction = description.head == .maskedLanguageModel
        switch site.function {
        case .exp:
          #expect(
            values.count == description.heads * lengths.reduce(0) { $0 + $1 * $1 }, "\(site.name)")
          #expect(values.allSatisfy { $0 <= 0 }, "\(site.name)")
        case .reciprocal:
          #expect(values.count == description.heads * count, "\(site.name)")
          #expect(values.allSatisfy { $0 >= 1 && $0 <= 21 }, "\(site.name)")
        case .rsqrt:
          #expect(values.count == count, "\(site.name)")
          #expect(values.allSatisfy { $0 > 0 }, "\(site.name)")
        default:
          let width =
            !isHead
            ? description.intermediateSize
            : isPrediction ? description.predictionSize : description.hiddenSize
          let rows = isHead && !isPrediction ? lengths.count : count
          #expect(values.count == rows * width, "\(site.name)")
          #expect(values.contains { $0 < 0 } && values.contains { $0 > 0 }, "\(site.name)")
        }
      }
    }
  }

  @Test(
    "recording plain texts reaches every site",
    arguments: ["bert relu", "roberta words", "electra", "albert words", "mobilebert words"])
  func recording(name: String) throws {
    try FamilyFixture.named(name).withDirectory { directory in
      let model = try TextModel(directory: directory)
      let recorder = KeepingRecorder()
      var reported: [Double] = []
      let texts = (0..<300).map { "ab cd \($0 % 7) ef" }
      try model.record(
        texts, nonlinearities: .exact(model.description), recorder: recorder
      ) { reported.append($0) }
      #expect(recorder.values.count == model.description.sites.count)
      #expect(reported.last == 1 && reported.count > 1)
    }
  }

  @Test("tables stand at a head's sites", arguments: ["bert words", "electra", "roberta"])
  func tables(name: String) throws {
    let fixture = try FamilyFixture.named(name)
    try fixture.withDirectory { directory in
      let model = try TextModel(directory: directory)
      let tokens = fixture.sequences.map(\.tokens)
      let exact = Nonlinearities.exact(model.description)
      let plain = try model.outputs(tokens: tokens, nonlinearities: exact)
      let states = try model.hiddenStates(tokens: tokens, nonlinearities: exact)
      for site in model.description.sites.dropFirst(model.description.encoderSiteCount) {
        let tables = try Nonlinearities(
          model: model.description, tables: [site.name: SeamTests.coarseTable(site.function)])
        let changed = try model.outputs(tokens: tokens, nonlinearities: tables)
        #expect(changed != plain, "\(site.name)")
        #expect(try model.hiddenStates(tokens: tokens, nonlinearities: tables) == states)
      }
    }
  }
}
