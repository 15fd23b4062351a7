import CKernels
import Testing

@Suite("Rounding to float16 and to int8")
struct FormatKernelTests {
  /// Every sign and exponent with the significands at which rounding decides.
  private static let values: [Float] = (UInt32(0)...511).flatMap { top in
    [
      0, 1, 0x0FFF, 0x1000, 0x1001, 0x1FFF, 0x2000, 0x2FFF, 0x3000, 0x3001, 0x40_0000, 0x55_5555,
      0x7F_DFFF, 0x7F_EFFF, 0x7F_F000, 0x7F_FFFF,
    ].map { Float(bitPattern: top << 23 | $0) }
  }

  @Test(
    "float16 as IEEE rounds it, infinite beyond it, one NaN; the same with every instruction set")
  func half() {
    var chosen = Self.values
    var portable = Self.values
    format_round_half(&chosen, chosen.count)
    format_round_half_portable(&portable, portable.count)
    #expect(chosen.map(\.bitPattern) == portable.map(\.bitPattern))
    for (value, rounded) in zip(Self.values, chosen) {
      let expected = value.isNaN ? 0x7FC0_0000 : Float(Float16(value)).bitPattern
      #expect(rounded.bitPattern == expected, "\(value)")
    }
    var edges: [Float] = [65519.996, 65520, -65520, 0x1p-25, 0x1.8p-25, -0.0]
    format_round_half(&edges, edges.count)
    #expect(edges == [65504, .infinity, -.infinity, 0, 0x1p-24, 0])
    #expect(edges[5].sign == .minus)
  }

  @Test("int8 rounds ties to even and ends at 127; NaN and a step of 0 give 0")
  func quantize() {
    let step: Float = 0.25
    let inputs: [Float] =
      [
        0.125, 0.375, 0.625, -0.125, -0.375, 31.75, 31.874, 31.875, -31.874, 40, -40, 3e38, -3e38,
        .infinity, -.infinity, .nan, -.nan, -0.0, .leastNonzeroMagnitude,
      ] + Self.values
    var chosen = [Float](repeating: 9, count: inputs.count)
    var portable = chosen
    format_quantize(inputs, &chosen, inputs.count, step)
    format_quantize_portable(inputs, &portable, inputs.count, step)
    #expect(chosen.map(\.bitPattern) == portable.map(\.bitPattern))
    let expected: [Float] = [
      0, 2, 2, 0, -2, 127, 127, 127, -127, 127, -127, 127, -127, 127, -127, 0, 0, 0, 0,
    ]
    #expect(chosen.prefix(19) == expected[...])
    for (value, integer) in zip(inputs, chosen) {
      #expect(integer == PlainInt8.integer(value, step: step), "\(value)")
    }
    format_quantize(inputs, &chosen, inputs.count, 0)
    #expect(chosen.allSatisfy { $0 == 0 })
  }

  @Test("sums of parts are exact up to 32 bits", arguments: [1, 2, 3, 128])
  func dequantize(parts: Int) {
    let (rows, columns) = (3, 261)
    let largest = 127 * 127 * 1024
    let sums = (0..<(parts * rows * columns)).map { index in
      Float(index % 5 == 0 ? largest : index % 7 == 0 ? -largest + index % 3 : index * 37 % largest)
    }
    let steps = (0..<columns).map { Float($0) * 0x1.234p-12 }
    var chosen = [Float](repeating: 0, count: rows * columns)
    var portable = chosen
    format_dequantize(sums, parts, &chosen, rows, columns, 0.3, steps)
    format_dequantize_portable(sums, parts, &portable, rows, columns, 0.3, steps)
    #expect(chosen == portable)
    for index in chosen.indices {
      let sum = (0..<parts).reduce(Int32(0)) { $0 + Int32(sums[$1 * rows * columns + index]) }
      #expect(chosen[index] == Float(sum) * (0.3 * steps[index % columns]))
    }
  }
}
