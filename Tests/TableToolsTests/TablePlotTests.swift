import Approximation
import Foundation
import FoundationXML
import LookupTables
import Testing

@testable import TableTools

@Suite struct TablePlotTests {
  private func document(_ change: (inout TableSettings) -> Void = { _ in }) throws
    -> TableDocument
  {
    var settings = TableSettings()
    settings.function = "gelu"
    settings.domain = "-4:4"
    settings.entries = "8"
    change(&settings)
    return try TableDocument(fitting: try settings.request())
  }

  @Test func svgIsWellFormedAndShowsEveryBreakpoint() throws {
    let document = try document()
    let text = String(decoding: TablePlot(document).svg(), as: UTF8.self)
    let reader = XMLParser(data: Data(text.utf8))
    #expect(reader.parse())
    let inside = document.table.arithmetic.realBreakpoints.filter { $0 > -4 && $0 < 4 }
    // One circle each, and one in the legend.
    #expect(text.components(separatedBy: "<circle").count - 1 == inside.count + 1)
    #expect(!text.contains("nan") && !text.contains("inf,"))
  }

  @Test func theSketchIsPlainAndAsWideAsAsked() throws {
    for width in [40, 72, 100, 300] {
      let lines = TablePlot(try document()).sketch(width: width)
      #expect(lines.allSatisfy { $0.count <= max(40, min(width, 100)) }, "\(lines)")
      #expect(!lines.joined().contains("\u{1B}"))
      // Something is drawn.
      #expect(lines.joined().contains { $0 > "\u{2800}" && $0 <= "\u{28FF}" })
    }
  }

  @Test func endingsAndSizesAreChecked() throws {
    let plot = TablePlot(try document())
    let ending = #expect(throws: SettingError.self) {
      try plot.write(to: "/tmp/plot.pdf", width: 960, height: 640)
    }
    #expect(ending?.description.contains(".svg or .png") == true)
    let size = #expect(throws: SettingError.self) {
      try TablePlot.size("10", flag: "width", default: 1)
    }
    #expect(size?.description == "--width: '10' is out of range; write 200 to 10000")
  }

  @Test func withoutTheProgramThePackageIsNamed() throws {
    let error = #expect(throws: TableFileError.self) {
      try SVGConversion.png(Data(), path: "/no/such/folder")
    }
    #expect(error?.description.contains("apt-get install librsvg2-bin") == true)
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/rsvg-convert")))
  func pngOfTheAskedSize() throws {
    let path = FileManager.default.temporaryDirectory.path + "/nnlut-plot-\(UUID()).png"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try TablePlot(try document()).write(to: path, width: 500, height: 400)
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(bytes[16..<24].map(Int.init) == [0, 0, 1, 244, 0, 0, 1, 144])
  }

  @Test func ticksAreRound() {
    #expect(AxisScale(-4.4...4.4, tickCount: 9).ticks == [-4, -3, -2, -1, 0, 1, 2, 3, 4])
    #expect(AxisScale(1...1000, isLogarithmic: true, tickCount: 9).ticks.contains(200))
    let small = AxisScale(-0.012...0.012, tickCount: 5)
    #expect(small.ticks.map(small.label) == ["-0.01", "-0.005", "0", "0.005", "0.01"])
  }
}
