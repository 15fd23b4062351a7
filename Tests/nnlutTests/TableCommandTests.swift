import Foundation
import TestSupport
import Testing

/// `nnlut table` as a user runs it: no server, no state.
@Suite struct TableCommandTests {
  private let program: Program
  private let folder: URL

  init() throws {
    folder = try TemporaryDirectory.make()
    program = Program(environment: ["NNLUT_STATE_DIR": folder.appending(path: "state").path])
  }

  private static let gelu = ["--function", "gelu", "--domain", "-4:4", "--entries", "8"]

  @Test func fitPrintsTableAndErrors() async throws {
    let outcome = try await program.run(["table", "fit"] + Self.gelu)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("gelu on [-4, 4], 8 entries, fp32, nn-lut refined"))
    #expect(outcome.output.contains("maximum error"))
    #expect(!outcome.output.contains("\u{1B}"))
    #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "state").path))
  }

  @Test func whatFitWritesVerifyAndPlotRead() async throws {
    let file = folder.appending(path: "table.json").path
    let histogram = folder.appending(path: "histogram.csv")
    try Data("lower,upper,weight\n-1,1,3\n1,4,1\n".utf8).write(to: histogram)
    let fit = try await program.run(
      ["table", "fit"] + Self.gelu
        + ["--histogram", histogram.path, "--output", "json", "-o", file])
    #expect(fit.status == 0, "\(fit.errors)")
    #expect(fit.output.isEmpty)

    let verified = try await program.run(
      "table", "verify", file, "--histogram", histogram.path, "--output", "json")
    #expect(verified.status == 0, "\(verified.output)")

    let picture = folder.appending(path: "table.svg")
    let plot = try await program.run("table", "plot", file, "-o", picture.path, "--width", "500")
    #expect(plot.status == 0, "\(plot.errors)")
    #expect(plot.output.contains("breakpoints"))
    #expect(try String(contentsOf: picture, encoding: .utf8).contains("width=\"500\""))

    var text = try String(contentsOfFile: file, encoding: .utf8)
    let range = try #require(text.range(of: "\"maximumError\" : \"0."))
    text.replaceSubrange(range, with: "\"maximumError\" : \"7.")
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    let wrong = try await program.run("table", "verify", file)
    #expect(wrong.status == 1)
    #expect(wrong.output.contains("WRONG: "))
  }

  @Test func safetensorsGoIntoAFile() async throws {
    let file = folder.appending(path: "gelu.safetensors")
    let without = try await program.run(
      ["table", "fit"] + Self.gelu + ["--output", "safetensors"])
    #expect(without.status == 2 && without.errors.contains("-o FILE"))
    let outcome = try await program.run(
      ["table", "fit"] + Self.gelu
        + ["--format", "int8", "--output", "safetensors", "-o", file.path])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(String(decoding: try Data(contentsOf: file), as: UTF8.self).contains("gelu.slopes"))
  }

  @Test func compareHasARowForEveryApproximator() async throws {
    struct Row: Decodable { var approximator: String }
    let outcome = try await program.run(
      ["table", "compare"] + Self.gelu + ["--output", "json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.json([Row].self).map(\.approximator).last == "i-bert")
  }

  @Test func evaluatePrintsWhatTheTableAnswers() async throws {
    struct Row: Decodable {
      var inputPattern: String
      var entry: Int?
      var resultPattern: String
    }
    let file = folder.appending(path: "gelu.json").path
    let fit = try await program.run(
      ["table", "fit"] + Self.gelu + ["--output", "json", "-o", file])
    #expect(fit.status == 0, "\(fit.errors)")
    let outcome = try await program.run(
      "table", "evaluate", file, "--inputs", "-0,-9", "--inputs", "-4:4:3", "--output", "json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rows = try outcome.json([Row].self)
    #expect(
      rows.map(\.inputPattern)
        == ["0x80000000", "0xC1100000", "0xC0800000", "0x00000000", "0x40800000"])
    #expect(rows.map { $0.entry == nil } == [false, true, false, false, false])
    #expect(rows[0].resultPattern == "0x00000000" && rows[1].resultPattern == "0x00000000")

    let text = try await program.run("table", "evaluate", file, "--inputs", "nan")
    #expect(text.output.contains("0x7FC00000"))
    let array = folder.appending(path: "results.npy").path
    let written = try await program.run(
      "table", "evaluate", file, "--inputs=-4:4:9", "-o", array)
    #expect(written.status == 0 && written.output.isEmpty)
    #expect(written.errors.contains("9 results, largest error"))
    let again = try await program.run("table", "evaluate", file, "--inputs", array)
    #expect(again.output.split(separator: "\n").count == 11)
  }

  @Test func compareSaysWhatItsRatiosMean() async throws {
    let outcome = try await program.run(["table", "compare"] + Self.gelu)
    #expect(outcome.output.contains("which no table of 8 entries of real numbers beats"))
    #expect(outcome.output.contains("every continuous table of 8 entries"))
  }

  @Test(arguments: [
    (["fit"], Int32(2), "--function: is missing; write one of gelu"),
    (["fit", "--function", "gelo"], 2, "--function: 'gelo' is unknown; write gelu"),
    (["fit", "--function", "gelu", "--entries", "999"], 2, "--entries: '999' is out of range"),
    (["fit", "--function", "gelu", "--entries", "-3"], 2, "--entries: '-3' is out of range"),
    (["fit", "--function", "gelu", "--domain", "4:-4"], 2, "--domain: 4:-4 is not possible"),
    (["fit", "--function", "gelu", "--output", "xml"], 2, "text, json or safetensors"),
    (["fit", "--function", "gelu", "--histogram", "/no/such.csv"], 2, "/no/such.csv"),
    (
      ["fit", "--function", "gelu", "-o", "/no/such/folder/a"], 2,
      "--out: there is no folder /no/such/folder"
    ),
    (["verify", "/no/such.json"], 3, "/no/such.json"), (["verify", "/dev/null"], 1, "/dev/null"),
    (["plot", "--function", "gelu", "-o", "a.pdf"], 2, "--out: 'a.pdf' must end in .svg or .png"),
    (["plot", "a.json", "--entries", "8"], 2, "leave the other flags out"),
    (["plot", "--function", "gelu", "--width", "1"], 2, "200 to 10000"),
    (["evaluate", "/no/such.json", "--inputs", "1"], 3, "/no/such.json"),
    (["evaluate", "/dev/null", "--inputs", "1", "-o", "a.txt"], 2, "must end in .npy"),
    (
      ["fit", "--function", "exp", "--relative-floor", "1"], 2,
      "--relative-floor: the objective mse divides"
    ),
    (["fit", "--function", "exp", "--floor", "no"], 2, "--floor: 'no' is unknown; write use"),
    (["compare", "--function", "gelu", "--scaling", "exponent"], 2, "--scaling"),
  ])
  func mistakesAreOneLine(arguments: [String], status: Int32, mention: String) async throws {
    let outcome = try await program.run(["table"] + arguments)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains(mention), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }
}
