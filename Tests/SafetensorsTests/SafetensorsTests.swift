import Foundation
import Safetensors
import Testing

/// Writes bytes to a file of its own, calls `body` with it and removes it.
func withFile<R>(_ bytes: Data, _ body: (URL) throws -> R) throws -> R {
  let url = FileManager.default.temporaryDirectory
    .appending(path: "nnlut-\(UUID().uuidString).safetensors")
  defer { try? FileManager.default.removeItem(at: url) }
  try bytes.write(to: url)
  return try body(url)
}

/// A file with this header and so many bytes of data.
func file(header: String, data: Int) -> Data {
  var bytes = Data()
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
  return bytes + Data(header.utf8) + Data(count: data)
}

@Suite("Safetensors files")
struct SafetensorsTests {
  @Test("what is written is read back, whatever the order of adding")
  func roundTrip() throws {
    let metadata = ["format": "pt", "quote\"\\": "line\nend \u{1}é🙂"]
    let values: [Float] = [0, -0.0, 1.5, -.infinity, .leastNonzeroMagnitude, 3e38]
    var first = SafetensorsWriter(metadata: metadata)
    try first.add(name: "b.weight", shape: [2, 3], floats: values)
    try first.add(name: "flag", dtype: .u8, shape: [3], bytes: Data([1, 2, 3]))
    try first.add(name: "a \"name\"", dtype: .f32, shape: [], bytes: Data([0, 0, 128, 63]))
    try first.add(name: "empty", dtype: .f32, shape: [0, 4], bytes: Data())
    var second = SafetensorsWriter(metadata: metadata)
    try second.add(name: "empty", dtype: .f32, shape: [0, 4], bytes: Data())
    try second.add(name: "a \"name\"", dtype: .f32, shape: [], bytes: Data([0, 0, 128, 63]))
    try second.add(name: "flag", dtype: .u8, shape: [3], bytes: Data([1, 2, 3]))
    try second.add(name: "b.weight", shape: [2, 3], floats: values)
    let bytes = try first.encoded()
    #expect(try second.encoded() == bytes)
    #expect(bytes[0] % 8 == 0, "the data start at a multiple of 8")

    try withFile(bytes) { url in
      let file = try SafetensorsFile(contentsOf: url)
      #expect(file.tensorNames == ["a \"name\"", "b.weight", "empty", "flag"])
      #expect(file.metadata == metadata)
      let weight = try file.tensor("b.weight")
      #expect(weight.shape == [2, 3] && weight.dtype == .f32 && weight.count == 6)
      #expect(try weight.floats().map(\.bitPattern) == values.map(\.bitPattern))
      #expect(try file.tensor("a \"name\"").floats() == [1])
      #expect(try file.tensor("empty").floats() == [])
      #expect(try file.tensor("flag").withBytes { Array($0) } == [1, 2, 3])
      #expect(throws: SafetensorsError.self) { try file.tensor("flag").floats() }
      let missing = #expect(throws: SafetensorsError.self) { try file.tensor("c") }
      #expect(missing?.tensor == "c" && missing?.file == url.path)
    }
  }

  @Test("F16 and BF16 widen exactly")
  func halves() throws {
    // 1, −2, 65504, the smallest subnormal, the largest subnormal, Inf, −0.
    let half: [UInt16] = [0x3C00, 0xC000, 0x7BFF, 0x0001, 0x03FF, 0x7C00, 0x8000]
    let expected: [Float] = [1, -2, 65504, 0x1p-24, 0x1.ff8p-15, .infinity, -0.0]
    let brain: [UInt16] = [0x3F80, 0xC000, 0x7F7F, 0x0001, 0xFF80]
    var writer = SafetensorsWriter()
    for (name, dtype, bits) in [("h", DType.f16, half), ("b", .bf16, brain)] {
      let bytes = bits.reduce(into: Data()) { data, bits in
        withUnsafeBytes(of: bits.littleEndian) { data.append(contentsOf: $0) }
      }
      try writer.add(name: name, dtype: dtype, shape: [bits.count], bytes: bytes)
    }
    try withFile(try writer.encoded()) { url in
      let file = try SafetensorsFile(contentsOf: url)
      #expect(try file.tensor("h").floats().map(\.bitPattern) == expected.map(\.bitPattern))
      #expect(
        try file.tensor("b").floats().map(\.bitPattern) == brain.map { UInt32($0) << 16 })
    }
  }

  @Test("the writer refuses what no reader takes")
  func writerErrors() throws {
    var writer = SafetensorsWriter()
    try writer.add(name: "a", shape: [1], floats: [1])
    #expect(throws: SafetensorsError.self) { try writer.add(name: "a", shape: [1], floats: [1]) }
    #expect(throws: SafetensorsError.self) { try writer.add(name: "b", shape: [2], floats: [1]) }
    #expect(throws: SafetensorsError.self) { try writer.add(name: "b", shape: [-1], floats: []) }
    #expect(throws: SafetensorsError.self) {
      try writer.add(name: "b", shape: [.max, .max], floats: [])
    }
    #expect(throws: SafetensorsError.self) {
      try writer.add(name: "__metadata__", shape: [1], floats: [1])
    }
  }

  struct Lie: Sendable, CustomTestStringConvertible {
    var header: String
    var data = 8
    var mentions: String
    var testDescription: String { mentions }
  }

  private static func entry(_ offsets: String, dtype: String = "F32", shape: String = "[2]")
    -> String
  {
    "{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  static let lies = [
    Lie(header: "", mentions: "'{' expected"),
    Lie(header: "[]", mentions: "'{' expected"),
    Lie(header: "{\"a\":" + entry("[0,8]"), mentions: "'}' expected"),
    Lie(header: "{\"a\":\(entry("[0,8]"))} x", mentions: "something follows"),
    Lie(header: "{\"a\":\(entry("[8,16]"))}", mentions: "belong to no tensor"),
    Lie(header: "{\"a\":\(entry("[0,8]"))}", data: 7, mentions: "cut short"),
    Lie(header: "{\"a\":\(entry("[0,8]"))}", data: 9, mentions: "1 bytes at the end"),
    Lie(
      header: "{\"a\":\(entry("[0,8]")),\"b\":\(entry("[4,12]"))}", data: 12, mentions: "overlap"),
    Lie(
      header: "{\"a\":\(entry("[0,8]")),\"b\":\(entry("[0,8]"))}", mentions: "overlap"),
    Lie(
      header: "{\"a\":\(entry("[0,8]")),\"a\":\(entry("[8,16]"))}", data: 16, mentions: "twice"),
    Lie(header: "{\"a\":\(entry("[8,0]"))}", mentions: "ascending"),
    Lie(header: "{\"a\":\(entry("[0]"))}", mentions: "two ascending numbers"),
    Lie(header: "{\"a\":\(entry("[0,4,8]"))}", mentions: "more than 2"),
    Lie(header: "{\"a\":\(entry("[0,-8]"))}", mentions: "a whole number from 0"),
    Lie(header: "{\"a\":\(entry("[0,99999999999999999999]"))}", mentions: "beyond 2^63"),
    Lie(
      header: "{\"a\":\(entry("[9223372036854775799,9223372036854775807]"))}",
      mentions: "beyond any file"),
    Lie(header: "{\"a\":\(entry("[0,8]", dtype: "F31"))}", mentions: "\"F31\" is unknown"),
    Lie(header: "{\"a\":\(entry("[0,8]", shape: "[3]"))}", mentions: "takes 12 bytes"),
    Lie(
      header: "{\"a\":\(entry("[0,8]", shape: "[4294967296,4294967296,2]"))}",
      mentions: "too large"),
    Lie(
      header: "{\"a\":\(entry("[0,8]", shape: "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2]"))}",
      mentions: "more than 16"),
    Lie(header: "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", mentions: "needs the keys"),
    Lie(header: "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", mentions: "twice"),
    Lie(header: "{\"a\":{\"colour\":\"red\"}}", mentions: "\"colour\" is unknown"),
    Lie(header: "{\"__metadata__\":{\"a\":1}}", mentions: "'\"' expected"),
    Lie(header: "{\"__metadata__\":{},\"__metadata__\":{}}", mentions: "twice"),
    Lie(header: "{\"\\ud800\":\(entry("[0,8]"))}", mentions: "surrogate"),
  ]

  @Test("a header that lies is refused", arguments: lies)
  func refused(lie: Lie) throws {
    try withFile(file(header: lie.header, data: lie.data)) { url in
      let error = try #require(throws: SafetensorsError.self) {
        try SafetensorsFile(contentsOf: url)
      }
      #expect(error.file == url.path)
      #expect("\(error)".contains(lie.mentions), "\(error)")
    }
  }

  @Test("files that are no safetensors are refused")
  func noSafetensors() throws {
    for bytes in [Data(), Data([1, 2, 3]), Data(repeating: 0xFF, count: 100)] {
      try withFile(bytes) { url in
        _ = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: url) }
      }
    }
    let folder = FileManager.default.temporaryDirectory
    #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: folder) }
    let absent = folder.appending(path: "nnlut-\(UUID().uuidString)")
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: absent) }
    #expect(error?.problem.contains("cannot be opened") == true)
  }
}
