import Approximation
import Artifacts
import Foundation
import LookupTables
import Testing

/// What an artifact says of tables whose lines dip below 0.
struct DippingTableTests {
  private func tables(from start: Double) throws -> TablesFile {
    let table = try LookupTable(
      rounding: PiecewiseLinear(
        breakpoints: [0.5], slopes: [1 - 2 * start, 1], intercepts: [start, 0]), lowerBound: 0,
      upperBound: 1, left: .clamp, right: .clamp, format: .fp32, isNonNegative: true)
    return TablesFile(tables: ["a.softmax.exp": .init(function: .exp, table: table)])
  }

  private func read(_ bytes: Data) throws -> TablesFile {
    let place = FileManager.default.temporaryDirectory.appendingPathComponent(
      "tables-\(UUID().uuidString).safetensors")
    try bytes.write(to: place)
    defer { try? FileManager.default.removeItem(at: place) }
    return try TablesFile(contentsOf: place)
  }

  @Test func factsSayWhetherATableDips() throws {
    #expect(try tables(from: -0.25).tables["a.softmax.exp"]?.facts.dips == true)
    #expect(try tables(from: 0.25).tables["a.softmax.exp"]?.facts.dips == false)
  }

  @Test func aConsumerWithoutAFloorRefusesItByName() throws {
    try tables(from: 0.25).requireNoDips(for: "ONNX")
    let error = #expect(throws: ArtifactError.self) {
      try tables(from: -0.25).requireNoDips(for: "ONNX")
    }
    #expect(
      error?.description
        == "a.softmax.exp: its lines dip below 0 and ONNX has no max(0, y); fit it with floor: avoid"
    )
  }

  /// The fact is checked against the numbers, and older artifacts do not state it.
  @Test func aWrongFactIsFoundAndAMissingOneIsNot() throws {
    let file = try tables(from: -0.25)
    let bytes = try file.encoded()
    func replacing(_ text: String) throws -> Data {
      let old = Data(#"\"dips\":true,"#.utf8)
      let range = try #require(bytes.range(of: old))
      var changed = bytes
      // The header keeps its length: spaces are nothing between the members of an object.
      let padded = text + String(repeating: " ", count: old.count - text.utf8.count)
      changed.replaceSubrange(range, with: Data(padded.utf8))
      return changed
    }
    #expect(try read(replacing("")) == file)
    let wrong = #"\"dips\":null,"#
    #expect(try read(replacing(wrong)) == file)
    let facts = try #require(file.tables["a.softmax.exp"]?.facts)
    var denied = facts
    denied.dips = false
    var older = facts
    older.dips = nil
    #expect(!denied.agree(with: facts) && older.agree(with: facts) && facts.agree(with: facts))
    let above = try tables(from: 0.25).encoded()
    let place = try #require(above.range(of: Data(#"\"dips\":false"#.utf8)))
    var lying = above
    lying.replaceSubrange(place, with: Data(#"\"dips\":true "#.utf8))
    #expect(throws: ArtifactError.self) { try read(lying) }
  }
}
