import Approximation
import Artifacts
import Foundation
import LookupTables

/// A table and the function it stands for, out of a file.
public struct NamedFunctionTable: Sendable {
  public var function: ApproximatedFunction
  public var table: LookupTable

  /// - Parameters:
  ///   - path: A JSON document of ``TableDocument``, or the tables of an artifact when the name ends
  ///     in `.safetensors`.
  ///   - name: Which of an artifact's tables; may be left out where there is one.
  /// - Throws: ``TableFileError``, ``SettingError`` for the flag `table`, or what an artifact's file
  ///   is refused with.
  public init(path: String, table name: String?) throws {
    guard path.lowercased().hasSuffix(".safetensors") else {
      guard name == nil else {
        throw SettingError(
          flag: "table", problem: "\(path) is a document of one table; leave it out")
      }
      let document = try TableDocument(path: path)
      function = document.request.function
      table = document.table
      return
    }
    guard FileManager.default.fileExists(atPath: path) else {
      throw TableFileError.missing(path: path)
    }
    let tables = try TablesFile(contentsOf: URL(fileURLWithPath: path)).tables
    let names = tables.keys.sorted()
    let shown = names.prefix(40).joined(separator: ", ") + (names.count > 40 ? ", …" : "")
    guard let chosen = name ?? (names.count == 1 ? names.first : nil) else {
      throw SettingError(flag: "table", problem: "is missing; \(path) has \(shown)")
    }
    guard let found = tables[chosen] else {
      throw SettingError(
        flag: "table", problem: "'\(chosen.prefix(120))' is unknown; \(path) has \(shown)")
    }
    function = .nonlinear(found.function)
    table = found.table
  }
}

/// What a table answers.
public struct TableEvaluation: Sendable {
  /// The most rows that are shown to people or programs; more go into a file.
  public static let maximumRows = 100_000

  /// One input and the answer.
  public struct Row: Sendable {
    public var input: Float
    /// The entry that answers, from 0; nil where a constant does, or none.
    public var entry: Int?
    public var result: Float
    /// The function at the input.
    public var value: Double
    /// Result less value; no number where both are infinite or one is none.
    public var error: Double { Double(result) - value }

    let served: ServedEntry
  }

  public let table: LookupTable
  public let function: ApproximatedFunction
  public let inputs: TableInputs

  public init(_ source: NamedFunctionTable, inputs: TableInputs) {
    table = source.table
    function = source.function
    self.inputs = inputs
  }

  private func row(_ input: Float) -> Row {
    let served = ServedEntry(of: input, in: table)
    var entry: Int?
    if case .entry(let index) = served { entry = index }
    return Row(
      input: input, entry: entry, result: table(input),
      value: input.isNaN ? .nan : function(Double(input)), served: served)
  }

  /// - Throws: ``SettingError`` when there are more than ``maximumRows``.
  public func rows() throws -> [Row] {
    guard inputs.values.count <= Self.maximumRows else {
      throw SettingError(
        flag: "inputs",
        problem: "more than \(Self.maximumRows) results are not shown; write them with -o FILE.npy")
    }
    return inputs.values.map(row)
  }

  /// The rows for people.
  public static func listing(_ rows: [Row]) -> Listing {
    var listing = Listing([
      ("input", true), ("pattern", false), ("entry", true), ("result", true), ("pattern", false),
      ("function", true), ("error", true),
    ])
    for row in rows {
      listing.rows.append([
        String(format: "%.9g", row.input), row.input.hexadecimal, row.served.words,
        String(format: "%.9g", row.result), row.result.hexadecimal, Shown.number(row.value),
        row.error.isNaN ? "–" : Shown.error(row.error),
      ])
    }
    return listing
  }

  /// Which place of a file the output takes, checked before the work.
  /// - Throws: ``SettingError`` for the flag `out`.
  public static func checkPlace(_ path: String) throws {
    guard path.lowercased().hasSuffix(".npy") else {
      throw SettingError(flag: "out", problem: "'\(path)' must end in .npy")
    }
    try TableFile.checkPlace(path)
  }

  /// Writes the results as a float32 array of the inputs' shape.
  /// - Throws: ``TableFileError``
  public func write(to path: String) throws -> Summary {
    var summary = Summary(count: inputs.values.count, shape: inputs.shape)
    var results: [Float] = []
    results.reserveCapacity(inputs.values.count)
    for input in inputs.values {
      let row = row(input)
      results.append(row.result)
      if row.error.magnitude > summary.largestError ?? -1 {
        summary.largestError = row.error.magnitude
        summary.at = input
      }
    }
    try TableFile.write(
      NumpyArray(values: results, shape: inputs.shape).encoded(), to: path)
    return summary
  }

  /// What was written.
  public struct Summary: Sendable {
    public var count: Int
    public var shape: [Int]
    /// nil where no error is a number.
    public var largestError: Double?
    public var at: Float?

    /// One line.
    public var words: String {
      let sizes = shape.map(String.init).joined(separator: " × ")
      guard let largestError, let at else { return "\(sizes) results, without an error to measure" }
      return "\(sizes) results, largest error \(Shown.error(largestError)) at "
        + String(format: "%.9g", at)
    }
  }
}

extension Float {
  /// `0x3F800000`
  var hexadecimal: String {
    let digits = String(bitPattern, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}

/// Numbers as text that gives the same bits back; `nan`, `inf` and `-inf` where they are none.
extension TableEvaluation.Row: Encodable {
  private enum CodingKeys: String, CodingKey {
    case input, inputPattern, entry, result, resultPattern, function, error
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("\(input)", forKey: .input)
    try container.encode(input.hexadecimal, forKey: .inputPattern)
    try container.encode(entry, forKey: .entry)
    try container.encode("\(result)", forKey: .result)
    try container.encode(result.hexadecimal, forKey: .resultPattern)
    try container.encode("\(value)", forKey: .function)
    try container.encode("\(error)", forKey: .error)
  }
}

extension TableEvaluation.Summary: Encodable {
  private enum CodingKeys: String, CodingKey { case count, shape, largestError, at }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(count, forKey: .count)
    try container.encode(shape, forKey: .shape)
    try container.encode(largestError.map { "\($0)" }, forKey: .largestError)
    try container.encode(at.map { "\($0)" }, forKey: .at)
  }
}
