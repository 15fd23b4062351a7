import Approximation
import Foundation
import LookupTables
import Safetensors

/// The tables of an artifact as one safetensors file: for each table the tensors
/// `<name>.breakpoints` (N − 1), `<name>.slopes` (N) and `<name>.intercepts` (N) of the type of the
/// table's format (F32, F16, I32, I16 or I8), and under `<name>` in the file's metadata its ``TableFacts`` as canonical JSON.
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
      for (part, values) in Self.stored(table.table.arithmetic) {
        try writer.add(
          name: "\(name).\(part)", dtype: table.table.format.dtype, shape: [values.count],
          bytes: values.bytes)
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
        let table = NamedTable(
          function: facts.function, table: try Self.table(name, facts: facts, in: file))
        guard (facts.dips ?? table.table.dips) == table.table.dips else {
          throw ArtifactError(
            problem: "its facts are wrong about whether its lines dip below 0",
            remedy: "do not use this artifact; make it again")
        }
        tables[name] = table
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
    guard PiecewiseLinear.entryLimits.contains(facts.entries) else {
      throw TableError.entryCount(facts.entries)
    }
    let arithmetic = try Self.arithmetic(facts: facts) { part, count in
      let tensor = try file.tensor("\(name).\(part)")
      guard tensor.dtype == facts.format.dtype, tensor.shape == [count] else {
        throw ArtifactError(
          problem: "the tensor \(part) is \(tensor.dtype.rawValue) of shape \(tensor.shape), not "
            + "\(facts.format.dtype.rawValue) of shape [\(count)]",
          remedy: "fetch the artifact again")
      }
      return tensor
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
