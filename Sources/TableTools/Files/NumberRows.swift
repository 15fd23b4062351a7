import Foundation

/// A CSV file of numbers: comma-separated, no quotes, blank lines skipped, a first line of names
/// allowed.
struct NumberRows {
  /// Larger files are refused.
  static let maximumBytes = 64 << 20

  /// The numbers of each row and its line, counted from 1.
  private(set) var rows: [(line: Int, numbers: [Double])] = []
  /// Which of the permitted headings the file has.
  let columns: [String]
  let path: String

  /// - Parameters:
  ///   - headings: The permitted lists of columns, of different lengths; the number of columns
  ///     decides which one it is.
  ///   - limit: The most rows.
  /// - Throws: ``TableFileError`` that names line and column.
  init(_ data: Data, path: String, headings: [[String]], limit: Int) throws {
    func malformed(_ line: Int, _ column: Int, _ problem: String) -> TableFileError {
      .malformed(path: path, line: line, column: column, problem: problem)
    }
    let forms = headings.map { $0.joined(separator: ",") }.joined(separator: " or ")
    var columns: [String] = []
    var line = 0
    let body = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
    for bytes in body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      line += 1
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw malformed(line, 0, "is no UTF-8 text; write lines of \(forms)")
      }
      let cells = text.split(separator: ",", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces.union(["\r"])) }
      if cells == [""] { continue }
      if columns.isEmpty {
        guard let heading = headings.first(where: { $0.count == cells.count }) else {
          throw malformed(line, 0, "has \(cells.count) columns; write lines of \(forms)")
        }
        columns = heading
        if cells.allSatisfy({ Double($0) == nil }) {
          guard cells.map({ $0.lowercased() }) == heading else {
            throw malformed(line, 0, "names unknown columns; write \(forms), or no names at all")
          }
          continue
        }
      }
      guard cells.count == columns.count else {
        throw malformed(
          line, 0, "has \(cells.count) columns where the lines before have \(columns.count)")
      }
      guard rows.count < limit else { throw malformed(line, 0, "more than \(limit) rows") }
      var numbers: [Double] = []
      for (column, cell) in cells.enumerated() {
        guard cell.utf8.count <= 64, let number = Double(cell), number.isFinite else {
          throw malformed(
            line, column + 1, "\(columns[column]) '\(cell.prefix(40))' is no finite number")
        }
        numbers.append(number)
      }
      rows.append((line, numbers))
    }
    guard !rows.isEmpty else {
      throw malformed(0, 0, "has no rows; write lines of \(forms)")
    }
    self.columns = columns
    self.path = path
  }
}
