import Foundation

/// A data file in memory through a map: it is decoded piece by piece, never as a whole.
struct MappedFile: Sendable {
  /// Larger files are refused: 1 GiB.
  static let maximumBytes = 1 << 30

  let path: String
  /// The last part of the path.
  let name: String
  /// In lower case, without the dot.
  let pathExtension: String
  private let bytes: Data

  /// - Throws: `EvaluationError` when the file cannot be read, is too large, or is of a format that
  ///   is known not to be read: UTF-16, compressed, Parquet.
  init(_ url: URL) throws {
    path = url.path
    name = url.lastPathComponent
    pathExtension = url.pathExtension.lowercased()
    do {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: url.resolvingSymlinksInPath().path)
      let size = attributes[.size] as? Int ?? 0
      guard attributes[.type] as? FileAttributeType == .typeRegular else {
        throw EvaluationError(
          file: url.path, problem: "this is no file", remedy: "put a file of records there")
      }
      guard size <= Self.maximumBytes else {
        throw EvaluationError(
          file: url.path, problem: "the file has \(size) bytes, more than \(Self.maximumBytes)",
          remedy: "split it or take a sample")
      }
      bytes = try Data(contentsOf: url, options: .alwaysMapped)
    } catch let error as EvaluationError {
      throw error
    } catch {
      throw EvaluationError(
        file: url.path, problem: "cannot read the file (\(error.localizedDescription))",
        remedy: "check that it exists and that you may read it")
    }
    if let (format, remedy) = view(Self.foreignFormat) {
      throw EvaluationError(file: path, problem: "the file is \(format)", remedy: remedy)
    }
  }

  private static func foreignFormat(_ bytes: ByteView) -> (format: String, remedy: String)? {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return ("UTF-16", "convert it with iconv -f UTF-16 -t UTF-8")
    }
    if bytes.starts(with: Array("PAR1".utf8)) { return ("Parquet", parquetRemedy) }
    if bytes.starts(with: [0x1F, 0x8B]) || bytes.starts(with: Array("PK\u{3}\u{4}".utf8))
      || bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
    {
      return ("compressed", "decompress it first")
    }
    return nil
  }

  static let parquetRemedy =
    "convert it with Python: pandas.read_parquet(\"dev.parquet\")"
    + ".to_json(\"dev.jsonl\", orient=\"records\", lines=True)"

  var count: Int { bytes.count }

  /// Lets `body` look at the bytes; the view must not outlive the call.
  func view<Result>(_ body: (ByteView) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBytes { try body(ByteView($0)) }
  }

  /// Where the text begins: after the byte order mark, if there is one.
  var start: Int { view { $0.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 } }

  func text(_ range: Range<Int>) -> String { view { $0.text(range) } }

  /// The line, from 1, of the byte at `offset`.
  func line(at offset: Int) -> Int {
    view { $0.occurrences(of: 10, in: 0..<max(0, min(offset, count))) + 1 }
  }

  /// An error at the line of the byte at `offset`, or of the file as a whole.
  func error(at offset: Int?, _ problem: String, _ remedy: String) -> EvaluationError {
    EvaluationError(
      file: path, line: offset.map(line(at:)), problem: problem, remedy: remedy)
  }
}
