import Foundation
import LookupTables
import Testing

@testable import TableTools

/// What `--inputs` takes, and the one line that says what else may be written.
@Suite struct TableInputsTests {
  private func values(_ texts: String..., format: NumberFormat = .fp32) throws -> [Float] {
    try TableInputs(texts, format: format).values
  }

  private func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/nnlut-\(UUID())-\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func numbersPatternsAndRanges() throws {
    #expect(try values("1, -2.5e-3", "0.1") == [1, -0.0025, 0.1])
    #expect(try values("0x3F800000,0xbf800000") == [1, -1])
    #expect(try values("0x3C00", format: .fp16) == [1])
    #expect(try values("-1:1:5") == [-1, -0.5, 0, 0.5, 1])
    let special = try values("nan,inf,-inf,-0,1e40,1e-60")
    #expect(special[0].isNaN && special[1] == .infinity && special[2] == -.infinity)
    #expect(special[3].bitPattern == 0x8000_0000)
    #expect(special[4] == .infinity && special[5] == 0)
    #expect(try TableInputs(["-8:0:17"], format: .fp32).shape == [17])
  }

  /// One rounding from decimal to float32: by way of float64 this would be 1.
  @Test func decimalsAreRoundedOnce() throws {
    #expect(try values("1.00000005960464477540")[0] == Float(1).nextUp)
  }

  @Test(arguments: [
    ("one", "'one' is no input"), ("", "is no input"), ("1,,2", "is no input"),
    ("0x3F80", "the table is one of fp32"), ("0x3F8", "8 hexadecimal digits"),
    ("0x3F80000g", "8 hexadecimal digits"), ("infinity", "is no input"), ("0x1p3", "pattern"),
    ("1:2", "is no range"), ("2:1:3", "is no range"), ("0:1:1", "is no range"),
    ("0:1:0.5", "is no range"), ("0:inf:3", "is no range"), ("0:1:5000000", "is no range"),
    ("/no/such.npy", "there is no file /no/such.npy"),
    ("/no/such.txt", "there is no file /no/such.txt"),
  ])
  func mistakesNameTheFlag(text: String, mention: String) throws {
    let error = #expect(throws: SettingError.self) { try values(text) }
    #expect(error?.flag == "inputs")
    #expect(error?.problem.contains(mention) == true, "\(String(describing: error))")
  }

  @Test func nothingIsAMistakeAndSoIsTooMuch() {
    #expect(throws: SettingError.self) { try TableInputs([], format: .fp32) }
    let many = Array(repeating: "0:1:4194304", count: 2)
    #expect(throws: SettingError.self) { try TableInputs(many, format: .fp32) }
  }

  @Test func linesOfText() throws {
    let path = try file("a.csv", "input\r\n1\r\n\r\n-inf\n0x3F800000\n".utf8)
    #expect(try values(path) == [1, -.infinity, 1])
    let wrong = try file("b.txt", "1\ntwo\n".utf8)
    let error = #expect(throws: SettingError.self) { try values(wrong) }
    #expect(error?.problem.contains("b.txt:2") == true, "\(String(describing: error))")
    let empty = try file("c.txt", "\n".utf8)
    #expect(throws: SettingError.self) { try values(empty) }
  }

  /// What numpy 2.4 writes for float32 arrays of these shapes.
  @Test(arguments: [
    ([3], "(3,), }", 60), ([2, 3], "(2, 3), }", 58), ([2, 1, 2], "(2, 1, 2), }", 55),
  ])
  func arraysAreWrittenAsNumpyDoes(shape: [Int], end: String, spaces: Int) throws {
    let count = shape.reduce(1, *)
    let values = (0..<count).map { Float($0) }
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + end
    var expected = [0x93] + Array("NUMPY".utf8) + [1, 0, 0x76, 0]
    expected += Array((header + String(repeating: " ", count: spaces) + "\n").utf8)
    #expect(expected.count == 128)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { expected += $0 }
    }
    let bytes = NumpyArray(values: values, shape: shape).encoded()
    #expect(Array(bytes) == expected)
    let inputs = try TableInputs([try file("a.npy", bytes)], format: .fp32)
    #expect(inputs.values == values && inputs.shape == shape)
  }

  private func array(
    _ header: String, _ body: [UInt8], version: [UInt8] = [1, 0], length: Int? = nil
  ) throws -> String {
    let count = length ?? header.utf8.count
    let size =
      version[0] == 1
      ? [UInt8(count & 255), UInt8(count >> 8)]
      : (0..<4).map { UInt8(count >> (8 * $0) & 255) }
    return try file(
      "x.npy", [0x93] + Array("NUMPY".utf8) + version + size + Array(header.utf8) + body)
  }

  @Test func halvesAndDoublesAreRead() throws {
    let half = try array(
      "{'descr': '<f2', 'fortran_order': False, 'shape': (2,)}\n", [0, 0x3C, 0, 0xFC])
    #expect(try values(half) == [1, -.infinity])
    let double = try array(
      "{\"shape\": (1, 1), \"fortran_order\": False, \"descr\": \"<f8\", }",
      [0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F], version: [2, 0])
    #expect(try values(double) == [0.1])
  }

  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': True, 'shape': (1,)}", 4, "Fortran order"),
    ("{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", 4, "'>f4'"),
    ("{'descr': '<i4', 'fortran_order': False, 'shape': (1,)}", 4, "'<i4'"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", 4, "0 dimensions"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}", 0, "holds no numbers"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 4, "has 4 bytes"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 5, "has 5 bytes"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999,)}", 4, "more than 4194304"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", 4,
      "more than 4194304"
    ),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", 4, "no dictionary"),
    ("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", 4, "no dictionary"),
    ("{'descr': '<f4', 'shape': (1,)}", 4, "no dictionary"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", 4, "no dictionary"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)", 4, "no dictionary"),
    ("", 4, "no dictionary"),
  ])
  func damagedArraysAreNamed(header: String, bytes: Int, mention: String) throws {
    let path = try array(header, Array(repeating: 0, count: bytes))
    let error = #expect(throws: SettingError.self) { try values(path) }
    let problem = error?.problem ?? ""
    #expect(problem.contains(path) && problem.contains(mention), "\(problem)")
  }

  @Test func whatIsNoArrayIsNamed() throws {
    let texts = [
      try file("a.npy", "hello, this is no array".utf8),
      try file("b.npy", [0x93]),
      try array("{}", [], version: [4, 0]),
      try array("{}", [], length: 900),
      try array("{}", [], version: [2, 0], length: 1 << 30),
    ]
    for path in texts {
      let error = #expect(throws: SettingError.self) { try values(path) }
      #expect(error?.problem.contains(path) == true)
    }
  }
}
