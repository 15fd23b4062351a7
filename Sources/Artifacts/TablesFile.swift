import Approximation
import Foundation
import LookupTables
import Safetensors

/// The tables of an artifact as one safetensors file: for each table the tensors
/// `<name>.breakpoints` (N − 1), `<name>.slopes` (N) and `<name>.intercepts` (N), F32 or I32, and
/// under `<name>` in the file's metadata its ``TableFacts`` as canonical JSON.
public struct TablesFile: Hashable, Sendable {
  /// The file's name in an artifact.
  public static let name = "tables.safetensors"
  /// Larger files are refused; 256 entries at 100 000 sites fit.
  public static let maximumBytes = 512 << 20

  /// Table name (a site, or a function when it is shared) → table.
  public var tables: [String: NamedTable]

  /// A table and the function it stands for.
  public struct NamedTable: Hashable, Sendable {
    public var function: NonlinearFunction
    public var table: LookupTable

    public init(function: NonlinearFunction, table: LookupTable) {
      self.function = function
      self.table = table
    }

    public var facts: TableFacts { TableFacts(function: function, table: table) }
  }

  public init(tables: [String: NamedTable]) { self.tables = tables }

  /// The file's bytes; equal tables give equal bytes.
  /// - Throws: ``ArtifactError`` or `SafetensorsError`.
  public func encoded() throws -> Data {
    var metadata: [String: String] = [:]
    for (name, table) in tables {
      let facts = try CanonicalJSON(encoding: table.facts).encoded()
      metadata[name] = String(decoding: facts, as: UTF8.self)
    }
    var writer = SafetensorsWriter(metadata: metadata)
    for (name, table) in tables.sorted(by: { $0.key < $1.key }) {
      let bits: [(String, DType, [UInt32])] =
        switch table.table.arithmetic {
        case .fp32(let numbers):
          [
            ("breakpoints", .f32, numbers.breakpoints.map(\.bitPattern)),
            ("slopes", .f32, numbers.slopes.map(\.bitPattern)),
            ("intercepts", .f32, numbers.intercepts.map(\.bitPattern)),
          ]
        case .int32(let numbers):
          [
            ("breakpoints", .i32, numbers.breakpoints.map { UInt32(bitPattern: $0) }),
            ("slopes", .i32, numbers.slopes.map { UInt32(bitPattern: $0) }),
            ("intercepts", .i32, numbers.intercepts.map { UInt32(bitPattern: $0) }),
          ]
        }
      for (part, dtype, values) in bits {
        var bytes = Data(capacity: 4 * values.count)
        for value in values {
          withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        try writer.add(name: "\(name).\(part)", dtype: dtype, shape: [values.count], bytes: bytes)
      }
    }
    return try writer.encoded()
  }

  /// Reads a file back, every table bit for bit.
  /// - Throws: `SafetensorsError`, or ``ArtifactError`` that names the file and the table.
  public init(contentsOf url: URL) throws {
    let file = try SafetensorsFile(contentsOf: url)
    var tables: [String: NamedTable] = [:]
    for (name, text) in file.metadata {
      do {
        let facts = try JSONDecoder().decode(TableFacts.self, from: Data(text.utf8))
        let table = try Self.table(name, facts: facts, in: file)
        tables[name] = NamedTable(function: facts.function, table: table)
      } catch let error as SafetensorsError {
        throw error
      } catch {
        throw ArtifactError(
          file: url.path, problem: "the table '\(name.prefix(120))' cannot be read (\(error))",
          remedy: "fetch the artifact again")
      }
    }
    guard !tables.isEmpty, file.tensorNames.count == 3 * tables.count else {
      throw ArtifactError(
        file: url.path,
        problem: "\(file.tensorNames.count) tensors do not belong to \(tables.count) tables",
        remedy: "fetch the artifact again")
    }
    self.tables = tables
  }

  private static func table(_ name: String, facts: TableFacts, in file: SafetensorsFile) throws
    -> LookupTable
  {
    func bits(_ part: String, _ dtype: DType, _ count: Int) throws -> [UInt32] {
      let tensor = try file.tensor("\(name).\(part)")
      guard tensor.dtype == dtype, tensor.shape == [count] else {
        throw ArtifactError(
          problem: "the tensor \(part) is \(tensor.dtype.rawValue) of shape \(tensor.shape), not "
            + "\(dtype.rawValue) of shape [\(count)]", remedy: "fetch the artifact again")
      }
      return tensor.withBytes { bytes in
        (0..<count).map {
          UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
        }
      }
    }
    let dtype: DType = facts.format == .fp32 ? .f32 : .i32
    guard PiecewiseLinear.entryLimits.contains(facts.entries) else {
      throw TableError.entryCount(facts.entries)
    }
    let breakpoints = try bits("breakpoints", dtype, facts.entries - 1)
    let slopes = try bits("slopes", dtype, facts.entries)
    let intercepts = try bits("intercepts", dtype, facts.entries)
    let arithmetic: TableArithmetic
    switch (facts.format, facts.shifts) {
    case (.fp32, nil):
      arithmetic = .fp32(
        try FloatEntries(
          breakpoints: breakpoints.map(Float.init(bitPattern:)),
          slopes: slopes.map(Float.init(bitPattern:)),
          intercepts: intercepts.map(Float.init(bitPattern:))))
    case (.int32, let shifts?):
      arithmetic = .int32(
        try IntegerEntries(
          breakpoints: breakpoints.map(Int32.init(bitPattern:)),
          slopes: slopes.map(Int32.init(bitPattern:)),
          intercepts: intercepts.map(Int32.init(bitPattern:)), inputFractionBits: shifts.fx,
          interceptShift: shifts.s, resultShift: shifts.r, outputFractionBits: shifts.fy))
    case (.fp32, _), (.int32, nil):
      throw ArtifactError(
        problem: "format \(facts.format.rawValue) and the shifts do not go together",
        remedy: "fetch the artifact again")
    }
    guard let lower = Float(facts.lowerBound), let upper = Float(facts.upperBound) else {
      throw ArtifactError(
        problem: "the domain's bounds are no numbers", remedy: "fetch the artifact again")
    }
    return try LookupTable(
      arithmetic: arithmetic, lowerBound: lower, upperBound: upper, left: facts.left,
      right: facts.right, scaling: facts.scaling, scaledFunction: facts.scaledFunction,
      isNonNegative: facts.isNonNegative)
  }
}
