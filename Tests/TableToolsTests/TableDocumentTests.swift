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
    ("\"nnlut.table/2\"", "\"nnlut.table/9\"", "nnlut.table/9"),
    ("\"nnlut.table/2\"", "\"nnlut.table/1\"", "wrong; fit the table again"),
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

  @Test func theFloorsReadBack() throws {
    var document = try document {
      $0.function = "exp"
      $0.domain = "-8:0"
      $0.objective = "relative-mse"
      $0.relativeFloor = "0.125"
    }
    document.request.constraints.floor = .avoid
    document.certificate = nil
    document.withheld = "its error is below its bound"
    let again = try decoded(try document.encoded())
    #expect(again.request.relativeFloor == 0.125 && again.request.constraints.floor == .avoid)
    #expect(again.withheld == document.withheld)
    document.request.relativeFloor = nil
    #expect(try decoded(try document.encoded()).request.relativeFloor == nil)
  }

  @Test func aWithheldCertificateIsSaidAndIsAProblem() throws {
    var document = try document { _ in }
    document.certificate = nil
    #expect(document.certificateLines.last == "without certificate")
    document.withheld = "the bound is not proven"
    #expect(document.certificateLines.last == "certificate withheld: the bound is not proven")
    #expect(
      TableVerification(of: document).problems
        == ["the certificate is withheld: the bound is not proven"])
  }

  /// An error and its bound in one line, with the measure that both have.
  @Test func theMeasureIsSaid() throws {
    var document = try document {
      $0.function = "exp"
      $0.domain = "-8:0"
      $0.objective = "max"
    }
    var certificate = try #require(document.certificate)
    certificate.floor = .zero
    document.certificate = certificate
    let line = try #require(document.certificateLines.dropFirst().first)
    #expect(line.hasPrefix("maximum error \(Shown.error(certificate.achieved)); for no continuous"))
    #expect(line.contains("table of 8 entries through (0, 1) with max(0, y) is it below "))
    #expect(line.contains(Shown.error(certificate.bound.value)))
    certificate.objective = .relativeMeanSquare
    certificate.relativeFloor = 0.0039
    certificate.isWeighted = true
    certificate.floor = .avoided
    document.certificate = certificate
    let relative = document.certificateLines[1]
    #expect(relative.hasPrefix("weighted mean squared error relative to max(|f|, 0.0039) "))
    #expect(relative.contains("without a dip below 0"))
    document.request.scaling = .exponent
    #expect(document.certificateLines[1].contains("of results scaled back"))
    document.notes["ratio"] = "because of the input step"
    certificate.bound.value = certificate.achieved / 2
    document.certificate = certificate
    #expect(document.remarks.contains("ratio 2.0000 because of the input step"))
  }

  @Test func linesThatDipAreSaid() throws {
    var document = try document { _ in }
    #expect(!document.remarks.contains { $0.contains("dip below 0") })
    document.table = try LookupTable(
      arithmetic: .fp32(
        try FloatEntries(breakpoints: [-4], slopes: [0.1, 0.2], intercepts: [0.3, 1])),
      lowerBound: -8, upperBound: 0, left: .clamp, right: .clamp, isNonNegative: true)
    #expect(
      document.remarks.contains(
        "its lines dip below 0: results need max(0, y); --floor avoid forbids it"))
    document.request = try { () throws -> FitRequest in
      var settings = TableSettings()
      settings.function = "exp"
      settings.floor = "avoid"
      return try settings.request()
    }()
    #expect(
      TableVerification(of: document).problems
        .contains { $0.contains("which floor avoid forbids") })
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
