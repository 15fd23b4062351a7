import Foundation

/// PNG through librsvg's program.
enum SVGConversion {
  static let program = "rsvg-convert"

  /// - Throws: ``TableFileError`` when the program is not installed or fails.
  static func png(_ svg: Data, path: String? = ProcessInfo.processInfo.environment["PATH"]) throws
    -> Data
  {
    let folders = (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
    guard
      let tool = folders.map({ "\($0)/\(program)" })
        .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
    else {
      throw TableFileError.tool(
        problem: "a PNG needs \(program), which is not installed: run "
          + "`apt-get install librsvg2-bin`, or write a file that ends in .svg")
    }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "nnlut-plot-\(UUID().uuidString.lowercased())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let source = folder.appending(path: "plot.svg")
    let target = folder.appending(path: "plot.png")
    try svg.write(to: source)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = ["--format", "png", "--output", target.path, source.path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0, let png = try? Data(contentsOf: target) else {
      throw TableFileError.tool(
        problem: "\(tool) failed with status \(process.terminationStatus); "
          + "write a file that ends in .svg")
    }
    return png
  }
}
