import Approximation
import Foundation
import LookupTables
import Testing

@testable import TableTools

/// A Python with numpy and scipy.
private enum Python {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A Python with both packages: `NNLUT_PYTHON` or `python3` on the path.
  static let name: String? = {
    let named = ProcessInfo.processInfo.environment["NNLUT_PYTHON"] ?? "python3"
    return run([named, "-c", "import numpy, scipy.special"])?.status == 0 ? named : nil
  }()

  static func run(_ arguments: [String]) -> (status: Int32, output: String)? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    guard (try? process.run()) != nil else { return nil }
    let output = (try? pipe.fileHandleForReading.readToEnd()) ?? nil
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output ?? Data(), as: UTF8.self))
  }
}

/// Tables held against `scripts/verify_table.py`, which knows nothing of this program but the JSON
/// document and DESIGN's formulas. Skipped where Python lacks numpy or scipy.
@Suite(.serialized, .enabled(if: Python.name != nil))
struct IndependentCheckTests {
  /// One run for all documents: starting Python takes longest.
  private func check(_ documents: [TableDocument]) throws -> (status: Int32, output: String) {
    let folder = FileManager.default.temporaryDirectory.path + "/nnlut-check-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var paths: [String] = []
    for (index, document) in documents.enumerated() {
      paths.append("\(folder)/\(index).json")
      try TableFile.write(try document.encoded(), to: "\(folder)/\(index).json")
    }
    let script = Python.root.appending(path: "scripts/verify_table.py").path
    return try #require(Python.run([Python.name ?? "", script] + paths))
  }

  private func document(_ change: (inout TableSettings) -> Void) throws -> TableDocument {
    var settings = TableSettings()
    settings.function = "gelu"
    settings.domain = "-4:4"
    settings.entries = "8"
    change(&settings)
    return try TableDocument(fitting: try settings.request())
  }

  @Test func everyFormatAndObjective() throws {
    var documents = try NumberFormat.allCases.map { format in
      try document { $0.format = format.rawValue }
    }
    documents += try Objective.allCases.map { objective in
      try document {
        $0.function = "exp"
        $0.domain = "-8:0"
        $0.objective = objective.rawValue
      }
    }
    let outcome = try check(documents)
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.components(separatedBy: "bit for bit").count == documents.count + 1)
  }

  @Test func weightsThroughEveryScaling() throws {
    let documents = try InputScaling.allCases.map { scaling in
      var request = try document {
        $0.function = "rsqrt"
        $0.domain = "0.25:900"
        $0.scaling = scaling.rawValue
        $0.format = "int32"
      }.request
      request.weights = [
        WeightedInterval(lower: 0.5, upper: 3, weight: 5),
        WeightedInterval(lower: 7, upper: 7, weight: 1),
        WeightedInterval(lower: 100, upper: 2000, weight: 2),
      ]
      return try TableDocument(fitting: request)
    }
    let outcome = try check(documents)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  /// Paths, under y = x too; the exact programme of int8, of results that may not be negative too.
  @Test func everyKindOfWitness() throws {
    var documents: [TableDocument] = []
    for function in ["gelu", "tanh", "silu"] {
      documents.append(
        try document {
          $0.function = function
          $0.objective = "max"
        })
    }
    documents.append(
      try document {
        $0.function = "exp"
        $0.domain = "-8:0"
        $0.format = "int8"
        $0.scales = "free"
      })
    documents.append(
      try document {
        $0.format = "int8"
        $0.objective = "max"
      })
    let kinds = documents.compactMap(\.certificate).flatMap { [$0.bound, $0.freeBound] }
    #expect(kinds.contains { if case .tube = $0.witness { true } else { false } })
    #expect(documents[0].certificate?.endsOnIdentity == true)
    let outcome = try check(documents)
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("no path of 8 lines"))
    #expect(outcome.output.contains("programme over all int8 inputs and lines"))
    #expect(!outcome.output.contains("not checked"))
  }

  @Test func boundsThatAreTooHighAreFound() throws {
    var path = try document { $0.objective = "max" }
    path.certificate?.bound.value *= 1.00001
    var bytes = try document { $0.format = "int8" }
    bytes.certificate?.freeBound.value *= 1.01
    var fewer = try document { _ in }
    fewer.certificate?.entries = 7
    for (document, mention) in [
      (path, "WRONG: bound"), (bytes, "WRONG: freeBound"), (fewer, "but for its entries"),
    ] {
      let outcome = try check([document])
      #expect(outcome.status == 1)
      #expect(outcome.output.contains(mention), "\(outcome.output)")
    }
  }

  @Test func aLieIsFound() throws {
    var document = try document { _ in }
    document.maximumError *= 0.999
    document.probes[20].result = document.probes[20].result.nextUp
    let outcome = try check([document])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("WRONG: largest error"))
    #expect(outcome.output.contains("WRONG: \(document.probes.count) probes"))
  }
}
