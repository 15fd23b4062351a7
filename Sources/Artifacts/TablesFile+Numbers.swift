import Foundation
import LookupTables
import Safetensors

extension TablesFile {
  /// A table's three lists as their bytes, in the order in which they are written.
  static func stored(_ arithmetic: TableArithmetic) -> [(part: String, values: StoredNumbers)] {
    switch arithmetic {
    case .fp32(let numbers):
      [
        ("breakpoints", StoredNumbers(numbers.breakpoints.map(\.bitPattern))),
        ("slopes", StoredNumbers(numbers.slopes.map(\.bitPattern))),
        ("intercepts", StoredNumbers(numbers.intercepts.map(\.bitPattern))),
      ]
    case .fp16(let numbers):
      [
        ("breakpoints", StoredNumbers(numbers.breakpoints.map(\.bitPattern))),
        ("slopes", StoredNumbers(numbers.slopes.map(\.bitPattern))),
        ("intercepts", StoredNumbers(numbers.intercepts.map(\.bitPattern))),
      ]
    case .integer(let numbers):
      [
        ("breakpoints", StoredNumbers(numbers.breakpoints, of: numbers.format)),
        ("slopes", StoredNumbers(numbers.slopes, of: numbers.format)),
        ("intercepts", StoredNumbers(numbers.intercepts, of: numbers.format)),
      ]
    }
  }

  /// The numbers of a table out of its tensors.
  /// - Parameter tensor: The tensor of a part, of the format's type and so many numbers.
  /// - Throws: ``ArtifactError``, `TableError`, or what `tensor` throws.
  static func arithmetic(
    facts: TableFacts, tensor: (_ part: String, _ count: Int) throws -> TensorView
  ) throws -> TableArithmetic {
    let breakpoints = try tensor("breakpoints", facts.entries - 1)
    let slopes = try tensor("slopes", facts.entries)
    let intercepts = try tensor("intercepts", facts.entries)
    switch (facts.format, facts.shifts) {
    case (.fp32, nil):
      func floats(_ tensor: TensorView) -> [Float] {
        tensor.patterns(UInt32.self).map(Float.init(bitPattern:))
      }
      return .fp32(
        try FloatEntries(
          breakpoints: floats(breakpoints), slopes: floats(slopes), intercepts: floats(intercepts)))
    case (.fp16, nil):
      func halves(_ tensor: TensorView) -> [Float16] {
        tensor.patterns(UInt16.self).map(Float16.init(bitPattern:))
      }
      return .fp16(
        try HalfEntries(
          breakpoints: halves(breakpoints), slopes: halves(slopes), intercepts: halves(intercepts)))
    case (.int32, let shifts?), (.int16, let shifts?), (.int8, let shifts?):
      let scales = try shifts.scales()
      return .integer(
        try IntegerEntries(
          format: facts.format, breakpoints: breakpoints.integers(of: facts.format),
          slopes: slopes.integers(of: facts.format),
          intercepts: intercepts.integers(of: facts.format), input: scales.input,
          interceptShift: shifts.s, resultShift: shifts.r, output: scales.output))
    case (.fp32, _), (.fp16, _), (_, nil):
      throw ArtifactError(
        problem: "format \(facts.format.rawValue) and the shifts do not go together",
        remedy: "fetch the artifact again")
    }
  }

  /// Numbers as little-endian bytes.
  struct StoredNumbers {
    let count: Int
    private(set) var bytes: Data

    init<Pattern: FixedWidthInteger>(_ patterns: [Pattern]) {
      count = patterns.count
      bytes = Data(capacity: patterns.count * MemoryLayout<Pattern>.size)
      for pattern in patterns {
        withUnsafeBytes(of: pattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }

    /// - Parameter integers: Each of at most the format's bits.
    init(_ integers: [Int32], of format: NumberFormat) {
      switch format.bits {
      case 8: self.init(integers.map(Int8.init(truncatingIfNeeded:)))
      case 16: self.init(integers.map(Int16.init(truncatingIfNeeded:)))
      default: self.init(integers)
      }
    }
  }
}

extension NumberFormat {
  /// The type of the tensors that hold such numbers.
  var dtype: DType {
    switch self {
    case .fp32: .f32
    case .fp16: .f16
    case .int32: .i32
    case .int16: .i16
    case .int8: .i8
    }
  }
}

extension TensorView {
  /// The elements of a tensor whose type is as wide as `Pattern`.
  fileprivate func patterns<Pattern: FixedWidthInteger>(_: Pattern.Type) -> [Pattern] {
    withBytes { bytes in
      stride(from: 0, to: bytes.count, by: MemoryLayout<Pattern>.size).map {
        Pattern(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Pattern.self))
      }
    }
  }

  fileprivate func integers(of format: NumberFormat) -> [Int32] {
    switch format.bits {
    case 8: patterns(Int8.self).map(Int32.init)
    case 16: patterns(Int16.self).map(Int32.init)
    default: patterns(Int32.self)
    }
  }
}
