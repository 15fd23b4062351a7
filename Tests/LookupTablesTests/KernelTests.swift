import CKernels
import Testing

@testable import LookupTables

/// The kernels give the reference's bits, for any input.
@Suite struct KernelTests {
  private static let seed: UInt64 = 20_920_219

  private func check(_ table: LookupTable, on inputs: [Float]) {
    for path in [TABLE_PATH_FASTEST, TABLE_PATH_PORTABLE] {
      var outputs = inputs
      outputs.withUnsafeMutableBufferPointer { TableKernel(table).apply($0, path: path) }
      let wrong = zip(inputs, outputs).first { table($0).bitPattern != $1.bitPattern }
      if let (input, output) = wrong {
        Issue.record(
          """
          path \(path.rawValue), seed \(Self.seed): \(input) (\(input.bitPattern)) gives \(output), \
          the reference says \(table(input)); \(table)
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
      check(table, on: (0..<20_000).map { _ in Float.random(in: -12...12, using: &generator) })
    }
  }

  @Test func everyLength() throws {
    let table = try TableSamples.gelu(entries: 16, format: .int32)
    let inputs = (0..<40).map { Float($0) / 4 - 5 }
    for length in inputs.indices { check(table, on: Array(inputs.prefix(length))) }
  }

  @Test func leavesNeighboursAlone() throws {
    let kernel = TableKernel(try TableSamples.gelu(entries: 8, format: .fp32))
    var values = [Float](repeating: 2, count: 24)
    values.withUnsafeMutableBufferPointer {
      kernel.apply(UnsafeMutableBufferPointer(rebasing: $0[8..<13]))
    }
    #expect(values[..<8].allSatisfy { $0 == 2 } && values[13...].allSatisfy { $0 == 2 })
  }
}
