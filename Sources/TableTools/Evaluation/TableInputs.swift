import Foundation
import LookupTables

/// What a table is asked for: float32 numbers and the shape they came in.
public struct TableInputs: Hashable, Sendable {
  /// The most numbers in one question.
  public static let maximumCount = 1 << 22

  public private(set) var values: [Float] = []
  /// Of the `.npy` file they came from, else one dimension.
  public private(set) var shape: [Int] = []

  /// - Parameters:
  ///   - texts: Each a list of inputs, separated by commas:
  ///     - a decimal number, `nan`, `inf` or `-inf`, rounded to the nearest float32;
  ///     - a float32 pattern: `0x` and eight hexadecimal digits;
  ///     - an fp16 pattern, for a table of fp16: `0x` and four hexadecimal digits;
  ///     - `LOWER:UPPER:COUNT`, so many numbers evenly from one bound to the other, both included;
  ///     - a file whose name ends in `.npy`, or in `.csv` or `.txt` with an input a line.
  ///   - format: The table's.
  /// - Throws: ``SettingError`` for the flag `inputs`.
  public init(_ texts: [String], format: NumberFormat) throws {
    let items = texts.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
    for item in items.map({ $0.trimmingCharacters(in: .whitespaces) }) {
      guard let kind = item.split(separator: ".").last.map({ $0.lowercased() }),
        item.contains("."), ["npy", "csv", "txt"].contains(kind)
      else {
        try add(
          item.contains(":") ? try Self.range(item) : [try Self.number(item, format: format)])
        continue
      }
      if kind == "npy" {
        let array = try SettingError.named("inputs") { try NumpyArray(path: item) }
        try add(array.values)
        if items.count == 1 { shape = array.shape }
      } else {
        try add(
          try SettingError.named("inputs") { try Self.lines(of: item, format: format) })
      }
    }
    guard !values.isEmpty else {
      throw Self.refused("is missing; write numbers, LOWER:UPPER:COUNT or a file")
    }
    if shape.isEmpty { shape = [values.count] }
  }

  private static func refused(_ problem: String) -> SettingError {
    SettingError(flag: "inputs", problem: problem)
  }

  private mutating func add(_ more: [Float]) throws {
    guard values.count + more.count <= Self.maximumCount else {
      throw Self.refused("more than \(Self.maximumCount) numbers; ask in parts")
    }
    values += more
  }

  private static func number(_ text: String, format: NumberFormat) throws -> Float {
    do { return try Self.parsed(text, format: format) } catch let error as NumberProblem {
      throw refused("'\(text.prefix(60))' \(error.problem)")
    }
  }

  private struct NumberProblem: Error { var problem: String }

  private static func parsed(_ text: String, format: NumberFormat) throws -> Float {
    let lower = text.lowercased()
    if lower.hasPrefix("0x") {
      let digits = lower.dropFirst(2)
      guard digits.allSatisfy(\.isHexDigit), [4, 8].contains(digits.count),
        let pattern = UInt32(digits, radix: 16)
      else {
        throw NumberProblem(
          problem: "is no pattern; write 0x and 8 hexadecimal digits of a float32"
            + (format == .fp16 ? ", or 4 of an fp16 number" : ""))
      }
      if digits.count == 8 { return Float(bitPattern: pattern) }
      guard format == .fp16 else {
        throw NumberProblem(
          problem:
            "is a pattern of fp16, and the table is one of \(format.rawValue); write 8 digits")
      }
      return Float(Float16(bitPattern: UInt16(pattern)))
    }
    switch lower {
    case "nan": return .nan
    case "inf", "+inf": return .infinity
    case "-inf": return -.infinity
    default:
      let isDecimal = lower.utf8.allSatisfy { "0123456789+-.e".utf8.contains($0) }
      guard lower.utf8.count <= 400, isDecimal, let value = Float(lower) else {
        throw NumberProblem(
          problem: "is no input; write a number, nan, inf, -inf, 0x3F800000, LOWER:UPPER:COUNT or "
            + "a file that ends in .npy, .csv or .txt")
      }
      return value
    }
  }

  private static func range(_ text: String) throws -> [Float] {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let lower = Double(parts[0]), let upper = Double(parts[1]),
      lower.isFinite, upper.isFinite, lower <= upper, let count = Int(parts[2]),
      (2...maximumCount).contains(count)
    else {
      throw refused(
        "'\(text.prefix(60))' is no range; write LOWER:UPPER:COUNT, the bounds ascending and a count "
          + "from 2 to \(maximumCount)")
    }
    return (0..<count).map { index in
      let share = Double(index) / Double(count - 1)
      return Float(lower * (1 - share) + upper * share)
    }
  }

  /// An input a line; blank lines and a first line that names the column are passed over.
  private static func lines(of path: String, format: NumberFormat) throws -> [Float] {
    let data = try TableFile.read(path, limit: NumberRows.maximumBytes)
    var values: [Float] = []
    var line = 0
    let body = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
    for bytes in body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      line += 1
      func malformed(_ problem: String) -> TableFileError {
        .malformed(path: path, line: line, column: 0, problem: problem)
      }
      guard
        let text = String(validating: bytes, as: UTF8.self)?
          .trimmingCharacters(in: .whitespaces.union(["\r"]))
      else { throw malformed("is no UTF-8 text; write an input a line") }
      let isName = values.isEmpty && ["input", "inputs", "x", "value"].contains(text.lowercased())
      if text.isEmpty || isName { continue }
      guard values.count < maximumCount else {
        throw malformed("more than \(maximumCount) numbers; ask in parts")
      }
      do { values.append(try parsed(text, format: format)) } catch {
        throw malformed(
          "'\(text.prefix(40))' is no input; write one number, nan, inf, -inf or pattern a line")
      }
    }
    guard !values.isEmpty else {
      throw TableFileError.malformed(
        path: path, line: 0, column: 0, problem: "holds no input; write one a line")
    }
    return values
  }
}
