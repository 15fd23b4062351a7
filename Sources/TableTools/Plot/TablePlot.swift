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

  /// The plot as SVG.
  /// - Parameters:
  ///   - width: Pixels, in ``permittedSizes``, else ``SettingError``.
  ///   - height: Likewise.
  public func svg(width: Int = 960, height: Int = 640) throws -> Data {
    for (flag, value) in [("width", width), ("height", height)]
    where !Self.permittedSizes.contains(value) {
      throw SettingError(
        flag: flag,
        problem: "\(value) is out of range; write \(Self.permittedSizes.lowerBound) "
          + "to \(Self.permittedSizes.upperBound)")
    }
    return Data(SVGPlot(document, width: width, height: height).text.utf8)
  }

  /// Writes the plot; the file's ending decides whether as SVG or PNG.
  ///
  /// - Throws: ``SettingError`` for another ending or a size out of range, ``TableFileError`` when
  ///   the file cannot be written or `rsvg-convert` is missing.
  public func write(to path: String, width: Int, height: Int) throws {
    let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
    let svg = try svg(width: width, height: height)
    switch ending {
    case "svg": try TableFile.write(svg, to: path)
    case "png": try TableFile.write(try SVGConversion.png(svg), to: path)
    default:
      throw SettingError(flag: "out", problem: "'\(path)' must end in .svg or .png")
    }
  }
}
