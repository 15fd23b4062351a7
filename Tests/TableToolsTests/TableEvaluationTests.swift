import Approximation
import Foundation
import LookupTables
import Testing

@testable import TableTools

/// `table evaluate`: every answer is the table's own, and the entry is the one that gave it.
@Suite struct TableEvaluationTests {
  private func document(_ change: (inout TableSettings) -> Void = { _ in }) throws
    -> TableDocument
  {
    var settings = TableSettings()
    settings.function = "exp"
    settings.domain = "-8:0"
    settings.entries = "8"
    change(&settings)
    var request = try settings.request()
    request.wantsCertificate = false
    return try TableDocument(fitting: request)
  }

  private func path(_ document: TableDocument) throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/nnlut-\(UUID()).json"
    try TableFile.write(try document.encoded(), to: path)
    return path
  }

  private func evaluation(_ document: TableDocument, _ inputs: [String]) throws
    -> TableEvaluation
  {
    TableEvaluation(
      try NamedFunctionTable(path: try path(document), table: nil),
      inputs: try TableInputs(inputs, format: document.table.format))
  }

  /// The entry's own line gives the result, at breakpoints and beside them too.
  @Test func theEntryIsTheOneThatAnswers() throws {
    let document = try document()
    let table = document.table
    var texts = ["-8:0:101"]
    for breakpoint in table.arithmetic.realBreakpoints {
      let float = Float(breakpoint)
      texts += [float.nextDown, float, float.nextUp].map(\.hexadecimal)
    }
    for row in try evaluation(document, texts).rows() {
      let entry = try #require(row.entry)
      let slope = Float(table.arithmetic.realSlopes[entry])
      let line = slope * row.input + Float(table.arithmetic.realIntercepts[entry])
      #expect(row.result == max(0, line), "\(row.input)")
      #expect(row.result.bitPattern == table(row.input).bitPattern)
      #expect(row.error == Double(row.result) - row.value)
    }
  }

  @Test func theOutsideAndNaNHaveNoEntry() throws {
    let rows = try evaluation(try document(), ["-9,inf,nan,-0"]).rows()
    #expect(rows.map(\.entry) == [nil, 7, nil, 7])
    #expect(rows[0].result == 0 && rows[2].result.isNaN && rows[3].result == 1)
    let cells = TableEvaluation.listing(rows).rows
    #expect(cells.map { $0[2] } == ["left", "7", "–", "7"])
    #expect(cells[2][6] == "–" && cells[3][1] == "0x80000000")
  }

  /// Inputs that differ by a power of four meet the same entry under range reduction.
  @Test(arguments: ["fp32", "fp16", "int16"])
  func rangeReductionComesFirst(format: String) throws {
    let document = try document {
      $0.function = "rsqrt"
      $0.domain = "0.01:100"
      $0.scaling = "exponent"
      $0.format = format
    }
    let rows = try evaluation(document, ["1.3,5.2,0.325,3.5,0.21875,-1,inf,1e-40"]).rows()
    let entries = rows.map(\.entry)
    #expect(entries[0] == entries[1] && entries[1] == entries[2] && entries[3] == entries[4])
    #expect(entries[5] == nil && entries[6] == nil && entries[7] == 0)
    #expect(entries[0] != entries[3])
    // Subnormal inputs count as 2^-126.
    #expect(rows[7].result == document.table(.leastNormalMagnitude))
  }

  @Test func numbersAreTextThatReadsBack() throws {
    let rows = try evaluation(try document(), ["0.1,nan"]).rows()
    let data = try JSONEncoder().encode(rows)
    let objects = try #require(JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    #expect(objects[0]["inputPattern"] as? String == "0x3DCCCCCD")
    #expect(objects[0]["entry"] as? Int == 7)
    let text = try #require(objects[0]["result"] as? String)
    #expect(Float(text) == rows[0].result)
    #expect(objects[1]["result"] as? String == "nan" && objects[1]["entry"] is NSNull)
  }

  @Test func resultsKeepTheShapeOfTheirInputs() throws {
    let folder = FileManager.default.temporaryDirectory.path
    let inputs = NumpyArray(values: [-8, -4, -2, -1, 0, 3], shape: [3, 1, 2])
    let (from, to) = (folder + "/nnlut-\(UUID()).npy", folder + "/nnlut-\(UUID()).npy")
    try TableFile.write(inputs.encoded(), to: from)
    let document = try document()
    let summary = try evaluation(document, [from]).write(to: to)
    let results = try NumpyArray(path: to)
    #expect(results.shape == [3, 1, 2])
    #expect(results.values == inputs.values.map { document.table($0) })
    #expect(summary.at == 3 && summary.count == 6)
    for place in ["", "a.txt", "/no/such/folder/a.npy"] {
      #expect(throws: SettingError.self) { try TableEvaluation.checkPlace(place) }
    }
  }

  @Test func moreRowsThanAnyoneReadsGoIntoAFile() throws {
    let evaluation = try evaluation(try document(), ["-8:0:100001"])
    let error = #expect(throws: SettingError.self) { try evaluation.rows() }
    #expect(error?.problem.contains("-o FILE.npy") == true)
  }

  @Test func anArtifactsTablesHaveNames() throws {
    let path = FileManager.default.temporaryDirectory.path + "/nnlut-\(UUID()).safetensors"
    let document = try document()
    try TableFile.write(try document.safetensors(), to: path)
    for name in [nil, "exp"] {
      let source = try NamedFunctionTable(path: path, table: name)
      #expect(source.table == document.table && source.function == .nonlinear(.exp))
    }
    let error = #expect(throws: SettingError.self) {
      try NamedFunctionTable(path: path, table: "gelu")
    }
    #expect(error?.description.contains("'gelu' is unknown") == true)
    #expect(throws: SettingError.self) {
      try NamedFunctionTable(path: try self.path(document), table: "exp")
    }
    #expect(throws: TableFileError.self) {
      try NamedFunctionTable(path: "/no/such.safetensors", table: nil)
    }
  }
}
