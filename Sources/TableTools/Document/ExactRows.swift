import LookupTables

/// Rows of a fixed number of numbers.
struct ExactRows: Codable {
  var rows: [[Double]]

  init(_ rows: [[Double]]) { self.rows = rows }

  /// - Throws: `DecodingError` when there are more rows than a million.
  init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    rows = []
    while !container.isAtEnd {
      guard rows.count < 1_000_000 else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "more than 1000000 rows")
      }
      rows.append(try container.decode([ExactNumber<Double>].self).map(\.value))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for row in rows { try container.encode(row.map { ExactNumber($0) }) }
  }
}

extension KeyedDecodingContainer {
  /// Rows of `width` numbers.
  func decodeRows(of width: Int, forKey key: Key) throws -> [[Double]] {
    let rows = try decode(ExactRows.self, forKey: key).rows
    for (index, row) in rows.enumerated() where row.count != width {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self,
        debugDescription: "row \(index) has \(row.count) numbers instead of \(width)")
    }
    return rows
  }
}
