import ActivationStatistics
import Approximation
import Foundation
import Testing

@testable import TableTools

@Suite struct TableFilesTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/nnlut-files-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func file(_ text: String) throws -> String {
    let path = folder + "/\(UUID()).csv"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test(arguments: [
    "lower,upper,weight\n-1,0,2\n0,1,0.5\n",
    "\u{FEFF}Lower, Upper ,Weight\r\n 0,1,.5\r\n\r\n-1,0,2",
    "-1,0,2\n0,1,5e-1",
  ])
  func intervals(text: String) throws {
    let weights = try HistogramFile.weights(path: try file(text))
    #expect(
      weights == [
        WeightedInterval(lower: -1, upper: 0, weight: 2),
        WeightedInterval(lower: 0, upper: 1, weight: 0.5),
      ])
  }

  @Test func values() throws {
    let weights = try HistogramFile.weights(path: try file("value,count\n2,3\n1,1\n"))
    #expect(weights.map(\.lower) == [1, 2] && weights.map(\.upper) == [1, 2])
  }

  @Test func theWireForm() throws {
    var histogram = ActivationHistogram()
    [1.0, 1.0, -3.5, 7].withUnsafeBufferPointer { histogram.record($0) }
    let path = folder + "/histogram.bin"
    try Data(histogram.encoded()).write(to: URL(fileURLWithPath: path))
    let weights = try HistogramFile.weights(path: path)
    #expect(weights.map(\.weight) == [1, 2, 1])
    #expect(weights.first?.lower == -3.5 && weights.last?.upper == 7)
    try Data(histogram.encoded().dropLast()).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: TableFileError.self) { try HistogramFile.weights(path: path) }
    #expect(error?.description.contains("histogram.bin") == true)
  }

  @Test(arguments: [
    ("1,2,3\n1,x,3", ":2: column 2: upper 'x' is no finite number"),
    ("lower,upper,weight\n1,2", ":2: has 2 columns"), ("1,2,3,4", ":1: has 4 columns"),
    ("a,b\n1,2", ":1: names unknown columns"), ("2,1,3", ":1: column 2: upper 1.0 is below"),
    ("1,2,-3", ":1: column 3: weight -3.0 is out of range"), ("1,inf", "column 2: count 'inf'"),
    ("1,0\n2,0", "all weights are 0"), ("", "has no rows"), ("value,count\n", "has no rows"),
  ])
  func mistakesNameLineAndColumn(text: String, mention: String) throws {
    let path = try file(text)
    let error = #expect(throws: TableFileError.self) { try HistogramFile.weights(path: path) }
    #expect(error?.description.contains(path) == true)
    #expect(error?.description.contains(mention) == true, "\(String(describing: error))")
  }

  @Test func tooManyRows() throws {
    let rows = Data("1,1\n1,1\n1,1\n".utf8)
    let error = #expect(throws: TableFileError.self) {
      try NumberRows(rows, path: "a.csv", headings: [["value", "count"]], limit: 2)
    }
    #expect(error?.description == "a.csv:3: more than 2 rows")
  }

  @Test func samples() throws {
    let function = try SampleFile.function(path: try file("x,y\n0,1\n2,5\n"))
    #expect(function(1) == 3)
    let error = #expect(throws: TableFileError.self) {
      try SampleFile.function(path: try file("0,1\n2,5\n2,6\n"))
    }
    #expect(error?.description.contains(":3: column 1: x 2.0 is not above") == true)
    #expect(throws: TableFileError.missing(path: "/no/such.csv")) {
      try SampleFile.function(path: "/no/such.csv")
    }
    #expect(throws: TableFileError.self) { try SampleFile.function(path: folder) }
  }

  @Test func writingReplacesWholeOrNotAtAll() throws {
    let path = folder + "/out.json"
    try TableFile.write(Data("one".utf8), to: path)
    try TableFile.write(Data("two".utf8), to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    #expect(throws: TableFileError.self) { try TableFile.write(Data(), to: folder) }
    let error = #expect(throws: TableFileError.self) {
      try TableFile.write(Data(), to: "/no/such/folder/out.json")
    }
    #expect(error?.description.contains("No such file or directory") == true)
  }
}
