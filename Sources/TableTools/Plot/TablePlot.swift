import Foundation

/// Draws a table's document.
public struct TablePlot {
  private let document: TableDocument

  public init(_ document: TableDocument) { self.document = document }

  /// The permitted widths and heights, in pixels.
  public static let permittedSizes = 200...10_000

  /// A sketch for the terminal: plain text, with braille patterns for dots.
  /// - Parameter width: Columns.
  public func sketch(width: Int) -> [String] {
    BrailleSketch(document, width: width).lines
  }

  /// A width or height as written.
  /// - Throws: ``SettingError`` when it is not in ``permittedSizes``.
  public static func size(_ text: String?, flag: String, default value: Int) throws -> Int {
    guard let text else { return value }
    guard let size = Int(text), permittedSizes.contains(size) else {
      throw SettingError(
        flag: flag,
        problem: "'\(text.prefix(60))' is out of range; write \(permittedSizes.lowerBound) to "
          + "\(permittedSizes.upperBound)")
    }
    return size
  }

  /// - Throws: ``SettingError`` when the file's ending is neither `.svg` nor `.png`, or no file can
  ///   stand there.
  public static func checkPlace(_ path: String) throws {
    try checkEnding(of: path)
    try TableFile.checkPlace(path)
  }

  private static func checkEnding(of path: String) throws {
    guard ["svg", "png"].contains(ending(of: path)) else {
      throw SettingError(flag: "out", problem: "'\(path)' must end in .svg or .png")
    }
  }

  private static func ending(of path: String) -> String {
    URL(fileURLWithPath: path).pathExtension.lowercased()
  }

  /// The plot as SVG.
  /// - Parameters:
  ///   - width: Pixels; counts as the nearest of ``permittedSizes``.
  ///   - height: Likewise.
  public func svg(width: Int = 960, height: Int = 640) -> Data {
    func permitted(_ size: Int) -> Int {
      min(max(size, Self.permittedSizes.lowerBound), Self.permittedSizes.upperBound)
    }
    let plot = SVGPlot(document, width: permitted(width), height: permitted(height))
    return Data(plot.text.utf8)
  }

  /// Writes the plot; the file's ending decides whether as SVG or PNG.
  ///
  /// - Throws: ``SettingError`` for another ending, ``TableFileError`` when the file cannot be
  ///   written or `rsvg-convert` is missing.
  public func write(to path: String, width: Int, height: Int) throws {
    try Self.checkEnding(of: path)
    let svg = svg(width: width, height: height)
    try TableFile.write(
      Self.ending(of: path) == "png" ? try SVGConversion.png(svg) : svg, to: path)
  }
}
