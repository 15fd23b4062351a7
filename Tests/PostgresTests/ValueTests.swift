import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct ValueTests {
  private func withConnection(_ body: (PostgresConnection) async throws -> Void) async throws {
    let connection = try await PostgresConnection.connect(
      try PostgresConfiguration(connectionString: try await TestCluster.shared.database()))
    defer { connection.close() }
    try await body(connection)
  }

  @Test func scalarsComeBackAsTheyWent() async throws {
    try await withConnection { connection in
      let id = UUID()
      let bytes = Data((0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) })
      let rows = try await connection.query(
        """
        SELECT $1::text AS t, $2::bigint AS i, $3::float8 AS d, $4::bool AS b, $5::uuid AS u,
          $6::bytea AS y, $7::jsonb->>'k' AS j, $8::text AS n
        """,
        [
          .text(#"it's "quoted" \ ünï ☃"#), .int(Int64.min), .double(0.1), .bool(true), .uuid(id),
          .bytes(bytes), .json(#"{"k": "v"}"#), .null,
        ])
      let row = try #require(rows.first)
      #expect(try row.decode("t", as: String.self) == #"it's "quoted" \ ünï ☃"#)
      #expect(try row.decode("i", as: Int64.self) == Int64.min)
      #expect(try row.decode("d", as: Double.self) == 0.1)
      #expect(try row.decode("b", as: Bool.self))
      #expect(try row.decode("u", as: UUID.self) == id)
      #expect(try row.decode("y", as: Data.self) == bytes)
      #expect(try row.decode("j", as: String.self) == "v")
      #expect(try row.decode("n", as: String?.self) == nil)
    }
  }

  @Test func arraysBecomeRows() async throws {
    try await withConnection { connection in
      let texts: [String?] = ["", "NULL", nil, #"a"b\c,{}"#, "x\ny"]
      let blobs: [Data?] = [Data(), nil, Data([0, 255, 92]), Data([1]), Data("a".utf8)]
      let ids = (0..<5).map { _ in UUID() }
      let rows = try await connection.query(
        """
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::bytea[], $5::float8[])
          WITH ORDINALITY AS d (t, i, u, y, f, place) ORDER BY place
        """,
        [
          .textArray(texts), .intArray([1, nil, -3, Int64.max, 0]), .uuidArray(ids),
          .bytesArray(blobs), .doubleArray([0.5, -1e300, .infinity, 0, 3]),
        ])
      #expect(try rows.map { try $0.decode("t", as: String?.self) } == texts)
      #expect(
        try rows.map { try $0.decode("i", as: Int64?.self) } == [1, nil, -3, Int64.max, 0])
      #expect(try rows.map { try $0.decode("u", as: UUID.self) } == ids)
      #expect(try rows.map { try $0.decode("y", as: Data?.self) } == blobs)
      #expect(
        try rows.map { try $0.decode("f", as: Double.self) } == [0.5, -1e300, .infinity, 0, 3])
    }
  }

  @Test(arguments: [
    "1899-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2000-02-29T12:00:00Z",
    "2026-11-22T21:00:00Z", "2400-02-29T00:00:01Z",
  ])
  func timesComeBackToTheMicrosecond(_ text: String) async throws {
    let date = try Date.ISO8601FormatStyle().parse(text) + 0.123456
    try await withConnection { connection in
      let rows = try await connection.query(
        "SELECT $1::timestamptz AS t, extract(epoch FROM $1::timestamptz)::float8 AS e",
        [.timestamp(date)])
      let row = try #require(rows.first)
      #expect(
        abs(try row.decode("t", as: Date.self).timeIntervalSince(date)) < 1e-5)
      #expect(abs(try row.decode("e", as: Double.self) - date.timeIntervalSince1970) < 1e-5)
    }
  }

  @Test func whatDoesNotFitIsNamed() async throws {
    try await withConnection { connection in
      let rows = try await connection.query("SELECT 'x' AS word, NULL::int AS nothing")
      let row = try #require(rows.first)
      for (column, part) in [
        ("word", "column 'word': 'x' is no Int"), ("nothing", "column 'nothing': is NULL"),
        ("other", "no column 'other'; it has nothing, word"),
      ] {
        let error = #expect(throws: PostgresError.self) { try row.decode(column, as: Int.self) }
        #expect(error?.description.contains(part) == true)
      }
    }
  }

  @Test func largeBytesComeBack() async throws {
    try await withConnection { connection in
      let bytes = Data((0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
      let rows = try await connection.query("SELECT $1::bytea AS y", [.bytes(bytes)])
      #expect(try rows.first?.decode("y", as: Data.self) == bytes)
    }
  }

  /// libpq ends text at its first NUL: half a value must not pass for the whole.
  @Test func textWithANULIsRefused() async throws {
    try await withConnection { connection in
      for value: PostgresValue in [.text("a\0b"), .textArray(["a\0b"])] {
        let error = await #expect(throws: PostgresError.self) {
          try await connection.query("SELECT $1::text AS value", [value])
        }
        #expect(error?.sqlState == "22021")
      }
      // The connection is as good as before.
      let rows = try await connection.query("SELECT $1::text AS value", [.text("ab")])
      #expect(try rows.first?.decode("value", as: String.self) == "ab")
    }
  }
}
