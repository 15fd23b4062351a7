import Foundation

/// Rows of text under headings, for people.
public struct Listing: Hashable, Sendable {
  public struct Column: Hashable, Sendable {
    public var title: String
    /// Whether it holds numbers, to be aligned on the right.
    public var isNumber: Bool
  }

  public var columns: [Column]
  public var rows: [[String]]

  init(_ columns: [(title: String, isNumber: Bool)]) {
    self.columns = columns.map { Column(title: $0.title, isNumber: $0.isNumber) }
    rows = []
  }
}

/// Numbers as people read them.
enum Shown {
  /// Six significant digits.
  static func number(_ value: Double) -> String { String(format: "%.6g", value) }
  /// Three significant digits, for errors.
  static func error(_ value: Double) -> String { String(format: "%.3g", value) }
  /// Four decimals; `–` where it is no number.
  static func ratio(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    return value < 1000 ? String(format: "%.4f", value) : String(format: "%.3g", value)
  }
  /// One decimal below 100.
  static func milliseconds(_ value: Double) -> String {
    String(format: value < 100 ? "%.1f" : "%.0f", value)
  }
}
