import Approximation
import Artifacts
import Foundation
import LookupTables
import Safetensors
import Testing

/// Tables of every number format in a safetensors file.
struct TablesFileTests {
  private func write(_ bytes: Data) throws -> URL {
    let place = FileManager.default.temporaryDirectory.appendingPathComponent(
      "tables-\(UUID().uuidString).safetensors")
    try bytes.write(to: place)
    return place
  }

  private func tables() throws -> [String: TablesFile.NamedTable] {
    let ideal = try PiecewiseLinear(
      breakpoints: [-1.1, 0.3], slopes: [0.01, -0.4, 1], intercepts: [0.02, 1 / 3, -0.1])
    var tables: [String: TablesFile.NamedTable] = [:]
    for format in NumberFormat.allCases {
      for scales in IntegerScales.allCases {
        let table = try LookupTable(
          rounding: ideal, lowerBound: -5, upperBound: 5, left: .constant(0.25), right: .line,
          format: format, isNonNegative: false, scales: scales)
        tables["\(format.rawValue) \(scales.rawValue)"] = .init(function: .gelu, table: table)
      }
    }
    return tables
  }

  @Test func everyFormatComesBackBitForBit() throws {
    let tables = try tables()
    let place = try write(TablesFile(tables: tables).encoded())
    defer { try? FileManager.default.removeItem(at: place) }
    #expect(try TablesFile(contentsOf: place).tables == tables)
    #expect(try TablesFile(tables: tables).encoded() == Data(contentsOf: place))

    let file = try SafetensorsFile(contentsOf: place)
    for (format, dtype) in [
      (NumberFormat.fp32, DType.f32), (.fp16, .f16), (.int32, .i32), (.int16, .i16), (.int8, .i8),
    ] {
      for (part, count) in [("breakpoints", 2), ("slopes", 3), ("intercepts", 3)] {
        let tensor = try file.tensor("\(format.rawValue) free.\(part)")
        #expect(tensor.dtype == dtype && tensor.shape == [count])
      }
    }
  }

  /// Scales that are powers of two are given as before; others by their step.
  @Test func factsNameTheScales() throws {
    for (name, named) in try tables() {
      let facts = named.facts
      #expect((facts.shifts != nil) == facts.format.isInteger)
      guard case .integer(let numbers) = named.table.arithmetic, let shifts = facts.shifts else {
        continue
      }
      let isFree = name.hasSuffix("free")
      #expect((shifts.fx == nil) == isFree && (shifts.fy == nil) == isFree)
      #expect((shifts.inputStep != nil) == isFree && (shifts.outputStep != nil) == isFree)
      let scales = try shifts.scales()
      #expect(scales.input == numbers.input && scales.output == numbers.output)
      let data = try CanonicalJSON(encoding: facts).encoded()
      #expect(try JSONDecoder().decode(TableFacts.self, from: data) == facts)
    }
  }

  /// The form in which int32 tables have always been written.
  @Test func theFormOfShiftsIsPinned() throws {
    let shifts = try #require(try tables()["int32 power-of-two"]?.facts.shifts)
    let text = String(decoding: try CanonicalJSON(encoding: shifts).encoded(), as: UTF8.self)
    #expect(text == #"{"fx":20,"fy":20,"r":30,"s":18}"#)
  }

  private static let good = #"{"inputStep":"0.1","outputStep":"0.2","r":8,"s":4}"#

  @Test(arguments: [
    (#""inputStep":"0.1""#, #""inputStep":"0.1","fx":3"#),
    (#""inputStep":"0.1","#, ""),
    (#""inputStep":"0.1""#, #""inputStep":"ten""#),
    (#""inputStep":"0.1""#, #""inputStep":"ten","fx":3"#),
    (#""outputStep":"0.2""#, #""outputStep":"nan""#),
    (#""outputStep":"0.2""#, #""fy":400"#),
  ])
  func scalesNamedTwiceOrWronglyAreRefused(from good: String, to bad: String) throws {
    let decoder = JSONDecoder()
    let shifts = try decoder.decode(TableFacts.IntegerShifts.self, from: Data(Self.good.utf8))
    #expect(throws: Never.self) { try shifts.scales() }
    try #require(Self.good.contains(good))
    let hostile = try decoder.decode(
      TableFacts.IntegerShifts.self, from: Data(Self.good.replacing(good, with: bad).utf8))
    #expect(throws: (any Error).self) { try hostile.scales() }
  }

  /// Facts of one table over the numbers of another.
  @Test(arguments: [
    ("int8", "int16"), ("int16", "fp16"), ("fp16", "int16"), ("fp32", "fp16"), ("int32", "fp32"),
  ])
  func aForeignFormatIsRefused(stored: String, claimed: String) throws {
    let table = try #require(try tables()["\(stored) free"])
    let place = try write(TablesFile(tables: ["t": table]).encoded())
    defer { try? FileManager.default.removeItem(at: place) }
    let file = try SafetensorsFile(contentsOf: place)
    let facts = try #require(file.metadata["t"])
    var writer = SafetensorsWriter(metadata: [
      "t": facts.replacing(#""format":"\#(stored)""#, with: #""format":"\#(claimed)""#)
    ])
    for name in file.tensorNames {
      let tensor = try file.tensor(name)
      try writer.add(
        name: name, dtype: tensor.dtype, shape: tensor.shape,
        bytes: tensor.withBytes { Data($0) })
    }
    let other = try write(writer.encoded())
    defer { try? FileManager.default.removeItem(at: other) }
    #expect(throws: ArtifactError.self) { try TablesFile(contentsOf: other) }
  }
}
