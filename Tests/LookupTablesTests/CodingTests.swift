import Foundation
import Testing

@testable import LookupTables

@Suite struct CodingTests {
  private static let seed: UInt64 = 8259

  private func json(_ table: LookupTable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(table)
  }

  @Test func everyTableComesBack() throws {
    var generator = SeededGenerator(seed: Self.seed)
    for table in try TableSamples.all(using: &generator) {
      let data = try json(table)
      let copy = try JSONDecoder().decode(LookupTable.self, from: data)
      #expect(copy == table)
      #expect(try json(copy) == data)
    }
  }

  @Test func awkwardNumbersComeBackBitForBit() throws {
    let numbers: [Float] = [
      -.greatestFiniteMagnitude, -1 / 3, -.leastNonzeroMagnitude, .leastNormalMagnitude, 0.1,
      16_777_215, 8.5899345e9, .greatestFiniteMagnitude.nextDown,
    ]
    let table = try LookupTable(
      arithmetic: .fp32(
        FloatEntries(
          breakpoints: Array(numbers.dropFirst()), slopes: numbers, intercepts: numbers.reversed())),
      lowerBound: 0.3, upperBound: 0.7, left: .constant(1 / 3), right: .line, isNonNegative: false)
    #expect(try JSONDecoder().decode(LookupTable.self, from: json(table)) == table)
  }

  @Test func theFormIsPinned() throws {
    let table = try LookupTable(
      rounding: PiecewiseLinear(breakpoints: [0.1], slopes: [0, 1], intercepts: [0.5, 0]),
      lowerBound: -1, upperBound: 1, left: .constant(0), right: .line, format: .fp32,
      isNonNegative: true)
    #expect(
      String(decoding: try json(table), as: UTF8.self) == """
        {"format":"fp32","isNonNegative":true,"left":{"constant":"0.0"},"lowerBound":"-1.0",\
        "numbers":{"breakpoints":["0.1"],"intercepts":["0.5","0.0"],"slopes":["0.0","1.0"]},\
        "right":"line","scaling":"none","upperBound":"1.0"}
        """)
  }

  /// Replacements that make a good table a bad one.
  @Test(arguments: [
    (#""breakpoints":["-1.0","1.0"]"#, #""breakpoints":["1.0","-1.0"]"#),
    (#""breakpoints":["-1.0","1.0"]"#, #""breakpoints":["1.0"]"#),
    (#""breakpoints":["-1.0","1.0"]"#, #""breakpoints":["-1.0","nan"]"#),
    (#""breakpoints":["-1.0","1.0"]"#, #""breakpoints":[-1,1]"#),
    (#""slopes":["1.0","2.0","3.0"]"#, #""slopes":["1.0","inf","3.0"]"#),
    (#""slopes":["1.0","2.0","3.0"]"#, #""slopes":["1.0","1e99","3.0"]"#),
    (#""slopes":["1.0","2.0","3.0"]"#, #""slopes":["1.0","","3.0"]"#),
    (#""slopes":["1.0","2.0","3.0"]"#, #""slopes":[]"#),
    (#""slopes":["1.0","2.0","3.0"]"#, #""slopes":null"#),
    (#""lowerBound":"-2.0""#, #""lowerBound":"2.0""#),
    (#""lowerBound":"-2.0""#, #""lowerBound":"-inf""#),
    (#""left":"clamp""#, #""left":"wrap""#),
    (#""left":"clamp""#, #""left":{"constant":"nan"}"#),
    (#""left":"clamp""#, #""left":{}"#),
    (#""scaling":"none""#, #""scaling":"paper""#),
    (#""scaling":"none""#, #""scaling":"exponent""#),
    (#""scaling":"none""#, #""scaling":"none","scaledFunction":"rsqrt""#),
    (#""format":"fp32""#, #""format":"int32""#),
    (#""format":"fp32""#, #""format":"fp64""#),
  ])
  func hostileFloatTables(from good: String, to bad: String) throws {
    let table = try LookupTable(
      rounding: PiecewiseLinear(
        breakpoints: [-1, 1], slopes: [1, 2, 3], intercepts: [0, 0, 0]), lowerBound: -2,
      upperBound: 2, left: .clamp, right: .clamp, format: .fp32, isNonNegative: false)
    let text = String(decoding: try json(table), as: UTF8.self)
    try #require(text.contains(good))
    let hostile = Data(text.replacing(good, with: bad).utf8)
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(LookupTable.self, from: hostile)
    }
  }

  @Test(arguments: [
    (#""interceptShift":4"#, #""interceptShift":-1"#),
    (#""interceptShift":4"#, #""interceptShift":62"#),
    (#""interceptShift":4"#, #""interceptShift":9223372036854775807"#),
    (#""resultShift":8"#, #""resultShift":0"#),
    (#""resultShift":8"#, #""resultShift":64"#),
    (#""inputFractionBits":10"#, #""inputFractionBits":127"#),
    (#""outputFractionBits":12"#, #""outputFractionBits":-127"#),
    (#""outputFractionBits":12"#, #""outputFractionBits":31"#),
    (#""breakpoints":[0]"#, #""breakpoints":[2147483648]"#),
    (#""breakpoints":[0]"#, #""breakpoints":[0.5]"#),
    (#""slopes":[7,9]"#, #""slopes":[7]"#),
  ])
  func hostileIntegerTables(from good: String, to bad: String) throws {
    let numbers = try IntegerEntries(
      breakpoints: [0], slopes: [7, 9], intercepts: [50, 60], inputFractionBits: 10,
      interceptShift: 4, resultShift: 8, outputFractionBits: 12)
    let table = try LookupTable(
      arithmetic: .integer(numbers), lowerBound: -1, upperBound: 1, left: .constant(2),
      right: .line,
      isNonNegative: false)
    let text = String(decoding: try json(table), as: UTF8.self)
    try #require(text.contains(good))
    let hostile = Data(text.replacing(good, with: bad).utf8)
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(LookupTable.self, from: hostile)
    }
  }

  @Test func everyHalfComesBackFromItsText() {
    for pattern in 0...UInt16.max {
      let half = Float16(bitPattern: pattern)
      #expect(half.isNaN || Float16(half.description)?.bitPattern == pattern)
    }
  }

  @Test(arguments: [
    (#""slopes":["1.0","2.0","3.0"]"#, #""slopes":["1.0","65520","3.0"]"#),
    (#""slopes":["1.0","2.0","3.0"]"#, #""slopes":["1.0","nan","3.0"]"#),
    (#""breakpoints":["-1.0","1.0"]"#, #""breakpoints":["1.0","-1.0"]"#),
    (#""left":{"constant":"7.0"}"#, #""left":{"constant":"65520.0"}"#),
    (#""format":"fp16""#, #""format":"int16""#),
  ])
  func hostileHalfTables(from good: String, to bad: String) throws {
    let table = try LookupTable(
      rounding: PiecewiseLinear(
        breakpoints: [-1, 1], slopes: [1, 2, 3], intercepts: [0, 0, 0]), lowerBound: -2,
      upperBound: 2, left: .constant(7), right: .clamp, format: .fp16, isNonNegative: false)
    let text = String(decoding: try json(table), as: UTF8.self)
    try #require(text.contains(good))
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(LookupTable.self, from: Data(text.replacing(good, with: bad).utf8))
    }
  }

  private func narrowTable() throws -> LookupTable {
    let numbers = try IntegerEntries(
      format: .int8, breakpoints: [-5], slopes: [7, 9], intercepts: [50, -128],
      input: IntegerScale(step: 0.1), interceptShift: 4, resultShift: 8,
      output: IntegerScale(fractionBits: 5))
    return try LookupTable(
      arithmetic: .integer(numbers), lowerBound: -1, upperBound: 1, left: .constant(2),
      right: .line, isNonNegative: false)
  }

  @Test func theFormOfIntegersIsPinned() throws {
    #expect(
      String(decoding: try json(narrowTable()), as: UTF8.self) == """
        {"format":"int8","isNonNegative":false,"left":{"constant":"2.0"},"lowerBound":"-1.0",\
        "numbers":{"breakpoints":[-5],"inputStep":"0.1","interceptShift":4,"intercepts":[50,-128],\
        "outputFractionBits":5,"resultShift":8,"slopes":[7,9]},"right":"line","scaling":"none",\
        "upperBound":"1.0"}
        """)
  }

  @Test(arguments: [
    (#""inputStep":"0.1""#, #""inputStep":"0.0""#),
    (#""inputStep":"0.1""#, #""inputStep":"-0.1""#),
    (#""inputStep":"0.1""#, #""inputStep":"1e-40""#),
    (#""inputStep":"0.1""#, #""inputStep":"1e30""#),
    (#""inputStep":"0.1""#, #""inputStep":0.1"#),
    (#""inputStep":"0.1""#, #""inputStep":"0.1","inputFractionBits":3"#),
    (#""inputStep":"0.1","#, ""),
    (#""outputFractionBits":5"#, #""outputFractionBits":6"#),  // the constant 2 is one too large
    (#""slopes":[7,9]"#, #""slopes":[7,128]"#),
    (#""intercepts":[50,-128]"#, #""intercepts":[50,-129]"#),
    (#""breakpoints":[-5]"#, #""breakpoints":[-200]"#),
    (#""format":"int8""#, #""format":"fp16""#),
    (#""format":"int8""#, #""format":"int4""#),
  ])
  func hostileNarrowTables(from good: String, to bad: String) throws {
    let text = String(decoding: try json(narrowTable()), as: UTF8.self)
    try #require(text.contains(good))
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(LookupTable.self, from: Data(text.replacing(good, with: bad).utf8))
    }
  }

  @Test func scalesTravelAlone() throws {
    let encoder = JSONEncoder()
    for (scale, text) in [
      (try IntegerScale(fractionBits: -3), #"{"fractionBits":-3}"#),
      (try IntegerScale(step: 0.25), #"{"fractionBits":2}"#),
      (try IntegerScale(step: 1 / 3), #"{"step":"0.33333334"}"#),
    ] {
      let data = try encoder.encode(scale)
      #expect(String(decoding: data, as: UTF8.self) == text)
      #expect(try JSONDecoder().decode(IntegerScale.self, from: data) == scale)
    }
    for bad in [
      #"{}"#, #"{"fractionBits":127}"#, #"{"step":"inf"}"#, #"{"step":"0.1","fractionBits":1}"#,
    ] {
      #expect(throws: (any Error).self) {
        try JSONDecoder().decode(IntegerScale.self, from: Data(bad.utf8))
      }
    }
  }

  @Test func endlessListsAreNotRead() throws {
    let list = Array(repeating: "\"1\"", count: 100_000).joined(separator: ",")
    let data = Data(#"{"breakpoints":[\#(list)],"slopes":[],"intercepts":[]}"#.utf8)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(FloatEntries.self, from: data) }
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(PiecewiseLinear.self, from: data)
    }
  }
}
