import Approximation
import Artifacts
import Foundation
import LookupTables
import Testing

@testable import TableTools

@Suite struct TableDocumentTests {
  private func document(_ change: (inout TableSettings) -> Void) throws -> TableDocument {
    var settings = TableSettings()
    settings.function = "gelu"
    settings.domain = "-4:4"
    settings.entries = "8"
    change(&settings)
    return try TableDocument(fitting: try settings.request())
  }

  private func decoded(_ data: Data) throws -> TableDocument {
    try JSONDecoder().decode(TableDocument.self, from: data)
  }

  @Test(arguments: NumberFormat.allCases)
  func everyFormatReadsBackBitForBit(format: NumberFormat) throws {
    let document = try document { $0.format = format.rawValue }
    let data = try document.encoded()
    let again = try decoded(data)
    #expect(again.table == document.table)
    #expect(again.maximumError.bitPattern == document.maximumError.bitPattern)
    #expect(again.certificate == document.certificate)
    #expect(try again.encoded() == data)
  }

  /// Weights that count for nothing and a right line given up are said, and nothing else.
  @Test func whatTheUserShouldKnowIsSaid() throws {
    #expect(try document { _ in }.remarks == [])
    var request = try document { $0.entries = "4" }.request
    request.weights = [WeightedInterval(lower: 100, upper: 200, weight: 5)]
    #expect(
      try TableDocument(fitting: request).remarks
        == ["weights: no mass in the domain: uniform instead"])
    request.weights = [
      WeightedInterval(lower: -4, upper: 1, weight: 1000),
      WeightedInterval(lower: 1, upper: 4, weight: 1),
    ]
    let remarks = try TableDocument(fitting: request).remarks
    #expect(remarks.count == 2 && remarks.last?.contains("y = x would cost more") == true)
  }

  @Test func theRequestReadsBack() throws {
    let samples = FileManager.default.temporaryDirectory.path + "/nnlut-\(UUID()).csv"
    defer { try? FileManager.default.removeItem(atPath: samples) }
    let rows = (0...40).map { "\(Double($0) / 10),\(Double($0 * $0) / 100)" }
    try Data(("x,y\n" + rows.joined(separator: "\n")).utf8)
      .write(to: URL(fileURLWithPath: samples))
    var document = try document {
      $0.function = nil
      $0.samples = samples
      $0.domain = "0.5:3.5"
      $0.tails = "line"
      $0.anchors = "none"
      $0.objective = "max"
      $0.approximator = "linear-lut"
      $0.seed = "17"
    }
    document.request.weights = [WeightedInterval(lower: 0.1, upper: 0.3, weight: 1.0 / 3)]
    let again = try decoded(try document.encoded()).request
    #expect(again.function == document.request.function)
    #expect(again.domain == 0.5...3.5 && again.seed == 17 && again.approximator == .linearLUT)
    #expect(again.constraints == .free && again.objective == .maximum)
    #expect(again.weights == document.request.weights)
  }

  @Test(arguments: [
    ("\"nnlut.table/1\"", "\"nnlut.table/9\"", "nnlut.table/9"),
    ("\"gelu\"", "\"gelo\"", "gelo"),
    ("\"domain\" : [\n    \"-4.0\"", "\"domain\" : [\n    \"4.5\"", "domain"),
    ("\"nn-lut\"", "\"nn-lot\"", "nn-lot"), ("\"seed\" : \"0\"", "\"seed\" : \"x\"", "seed"),
    ("\"breakpoints\"", "\"brakepoints\"", "breakpoints"), ("{", "", "not valid JSON"),
  ])
  func damageIsNamed(from: String, to: String, mention: String) throws {
    let text = String(decoding: try document { _ in }.encoded(), as: UTF8.self)
    let range = try #require(text.range(of: from))
    let path = FileManager.default.temporaryDirectory.path + "/nnlut-\(UUID()).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.replacingCharacters(in: range, with: to).utf8)
      .write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: TableFileError.self) {
      _ = try TableDocument(path: path)
    }
    let message = "\(error.map(String.init(describing:)) ?? "")"
    #expect(message.contains(path) && message.contains(mention), "\(message)")
  }

  @Test func safetensorsHoldTheTable() throws {
    let document = try document { $0.format = "int16" }
    let path = FileManager.default.temporaryDirectory.path + "/nnlut-\(UUID()).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try TableFile.write(try document.safetensors(), to: path)
    let file = try TablesFile(contentsOf: URL(fileURLWithPath: path))
    #expect(file.tables["gelu"]?.table == document.table)
  }

  @Test func listingHasStoredIntegersBesideRealNumbers() throws {
    let floats = try document { _ in }
    #expect(floats.entries.columns.count == 5 && floats.entries.rows.count == 8)
    let integers = try document { $0.format = "int8" }
    #expect(integers.entries.columns.map(\.title).suffix(3) == ["stored from", "m", "c"])
    #expect(integers.rules.contains { $0.contains("input step") })
    #expect(integers.title.contains("gelu on [-4, 4], 8 entries, int8, nn-lut refined"))
  }
}
