import CKernels
import Testing

@testable import LookupTables

/// The kernels give the reference's bits, for any input.
@Suite struct KernelTests {
  private static let seed: UInt64 = 20_920_219

  private func check(_ table: LookupTable, on inputs: [Float]) {
    let expected = inputs.map(table.callAsFunction)
    for path in [TABLE_PATH_FASTEST, TABLE_PATH_PORTABLE] {
      var outputs = inputs
      outputs.withUnsafeMutableBufferPointer { TableKernel(table).apply($0, path: path) }
      let wrong = outputs.indices.first { outputs[$0].bitPattern != expected[$0].bitPattern }
      if let place = wrong {
        let input = inputs[place]
        Issue.record(
          """
          path \(path.rawValue), seed \(Self.seed): \(input) (\(input.bitPattern)) gives \
          \(outputs[place]), the reference says \(expected[place]); \(table)
          """)
      }
    }
  }

  @Test func edges() throws {
    var generator = SeededGenerator(seed: Self.seed)
    for table in try TableSamples.all(using: &generator) {
      check(table, on: TableSamples.edges(of: table))
    }
  }

  @Test func randomPatterns() throws {
    var generator = SeededGenerator(seed: Self.seed &+ 1)
    for table in try TableSamples.all(using: &generator) {
      check(
        table,
        on: (0..<30_000).map { _ in
          Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
        })
      check(table, on: (0..<10_000).map { _ in Float.random(in: -12...12, using: &generator) })
    }
  }

  /// All 65 536 fp16 patterns, and the halfway points between them and their neighbours.
  @Test func everyHalf() throws {
    var generator = SeededGenerator(seed: Self.seed &+ 2)
    let halves = (0...UInt16.max).map { Float(Float16(bitPattern: $0)) }
    let ties = halves.filter(\.isFinite).flatMap { value -> [Float] in
      let tie = (value + Float(Float16(value).nextUp)) / 2
      return [tie, tie.nextUp, tie.nextDown]
    }
    let tables = try TableSamples.all(using: &generator).filter { $0.format == .fp16 }
    #expect(tables.count > 50)
    for table in tables { check(table, on: halves) }
    for table in tables.prefix(12) { check(table, on: ties) }
  }

  /// Every float32 near a change of q, for all 256 q of int8.
  @Test func everyEdgeOfInt8() throws {
    var generator = SeededGenerator(seed: Self.seed &+ 3)
    let tables = try TableSamples.all(using: &generator).filter { $0.format == .int8 }
    #expect(tables.count > 100)
    for table in tables {
      guard case .integer(let numbers) = table.arithmetic else { continue }
      let edges = (-129...128).flatMap { q -> [Float] in
        let edge = (Float(q) + 0.5) * numbers.input.step
        return (-4...4).map { Float(bitPattern: UInt32(Int64(edge.bitPattern) + $0)) }
      }
      check(table, on: edges)
    }
  }

  @Test func everyLength() throws {
    for format in NumberFormat.allCases {
      let table = try TableSamples.gelu(entries: 16, format: format)
      let inputs = (0..<40).map { Float($0) / 4 - 5 }
      for length in inputs.indices { check(table, on: Array(inputs.prefix(length))) }
    }
  }

  @Test func leavesNeighboursAlone() throws {
    for format in NumberFormat.allCases {
      let kernel = TableKernel(try TableSamples.gelu(entries: 8, format: format))
      var values = [Float](repeating: 1.5, count: 24)
      values.withUnsafeMutableBufferPointer {
        kernel.apply(UnsafeMutableBufferPointer(rebasing: $0[8..<13]))
      }
      #expect(values[..<8].allSatisfy { $0 == 1.5 } && values[13...].allSatisfy { $0 == 1.5 })
      #expect(values[8..<13].allSatisfy { $0 != 1.5 })
    }
  }
}
