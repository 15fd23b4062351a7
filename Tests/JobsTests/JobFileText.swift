import Foundation
import Jobs

/// A job file of which a test changes one line.
enum JobFileText {
  static let valid = """
    apiVersion: nnlut/v1
    kind: CalibrationJob
    metadata: {name: a-job}
    model: {source: "file:models/a"}
    calibration: {data: {source: "file:text.txt"}, samples: 100}
    evaluation:
      - {kind: similarity, data: {source: "file:sts/"}, metric: spearman}
    variants:
      - {approximator: nn-lut, entries: 16}
      - {approximator: linear-lut, entries: 8, format: int32}
    publish: {name: tables, require: {maxDrop: 0.01}}
    """

  /// The file with a line (counted from 1) replaced.
  static func replacing(line: Int, with text: String) -> String {
    var lines = valid.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[line - 1] = text
    return lines.joined(separator: "\n")
  }

  static func example(_ name: String) throws -> JobSpecification {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("config/jobs")
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    return try JobSpecification(yaml: text, file: name)
  }
}
