import Approximation
import Foundation
import LookupTables
import Testing

@testable import TableTools

/// What a user writes, and the one line that says what else may be written.
@Suite struct TableSettingsTests {
  private func settings(_ change: (inout TableSettings) -> Void) -> TableSettings {
    var settings = TableSettings()
    settings.function = "gelu"
    change(&settings)
    return settings
  }

  @Test func defaults() throws {
    let request = try settings { _ in }.request()
    #expect(request.function == .nonlinear(.gelu))
    #expect(request.approximator == .nnLUT(.refined))
    #expect(request.entries == 16 && request.format == .fp32 && request.domain == -5...5)
    #expect(request.constraints == FitConstraints() && request.weights == nil)
    #expect(request.constraints.floor == .use && request.relativeFloor == nil)
  }

  @Test func everythingWritten() throws {
    let request = try settings {
      $0.function = "rsqrt"
      $0.domain = "0.25:4e0"
      $0.entries = "9"
      $0.format = "int16"
      $0.scales = "free"
      $0.approximator = "nn-lut"
      $0.recipe = "paper"
      $0.objective = "relative-max"
      $0.continuity = "discontinuous"
      $0.scaling = "exponent"
      $0.tails = "clamp"
      $0.anchors = "none"
      $0.floor = "avoid"
      $0.relativeFloor = "1e-3"
      $0.seed = "18446744073709551615"
    }.request()
    #expect(request.function == .nonlinear(.rsqrt) && request.domain == 0.25...4)
    #expect(request.entries == 9 && request.format == .int16 && request.scales == .free)
    #expect(request.approximator == .nnLUT(.paper) && request.seed == .max)
    #expect(request.objective == .relativeMaximum && request.continuity == .discontinuous)
    #expect(request.scaling == .exponent)
    #expect(
      request.constraints == FitConstraints(tails: .clamp, hasAnchors: false, floor: .avoid))
    #expect(request.relativeFloor == 1e-3)
  }

  @Test(arguments: [
    ("function", "gelo", "'gelo' is unknown; write gelu, "),
    ("domain", "4:-4", "ascending"), ("domain", "-4", "LOWER:UPPER"),
    ("domain", "-4:nan", "LOWER:UPPER"), ("domain", "-1e31:4", "numbers from -1e+30 to 1e+30"),
    ("domain", "1:2:3", "LOWER:UPPER"), ("domain", "2:2", "ascending"),
    ("entries", "1", "a whole number from 2 to 256"),
    ("entries", "257", "a whole number from 2 to 256"),
    ("entries", "eight", "a whole number from 2 to 256"),
    ("histogram", "/nowhere/h.csv", "there is no file /nowhere/h.csv"),
    ("format", "fp8", "write fp32, fp16, int32, int16 or int8"),
    ("scales", "free", "write --format int32, int16 or int8"),
    ("approximator", "best", "write optimal, nn-lut or linear-lut"),
    ("recipe", "own", "write paper or refined"),
    ("objective", "mean", "write mse, max, relative-mse or relative-max"),
    ("continuity", "smooth", "write continuous or discontinuous"),
    ("scaling", "exponent", "not possible for gelu; write none"),
    ("tails", "zero", "write default, clamp or line"), ("anchors", "all", "default or none"),
    ("floor", "ceiling", "write use or avoid"),
    ("relative-floor", "0.1", "the objective mse divides errors by nothing"),
    ("seed", "-1", "from 0 to 18446744073709551615"),
  ])
  func wrongWordsNameFlagAndRange(flag: String, text: String, mention: String) throws {
    let wrong = settings {
      switch flag {
      case "function": $0.function = text
      case "domain": $0.domain = text
      case "entries": $0.entries = text
      case "format": $0.format = text
      case "scales": $0.scales = text
      case "approximator": $0.approximator = text
      case "recipe": $0.recipe = text
      case "objective": $0.objective = text
      case "continuity": $0.continuity = text
      case "scaling": $0.scaling = text
      case "tails": $0.tails = text
      case "anchors": $0.anchors = text
      case "histogram": $0.histogram = text
      case "floor": $0.floor = text
      case "relative-floor": $0.relativeFloor = text
      default: $0.seed = text
      }
    }
    let error = #expect(throws: SettingError.self) { try wrong.request() }
    #expect(error?.flag == flag)
    #expect(error?.description.contains(mention) == true, "\(String(describing: error))")
    #expect(error?.description.contains("\n") == false)
  }

  @Test(arguments: ["0", "-1", "nan", "inf", "small", "1e-40", ""])
  func aRelativeFloorIsPositive(text: String) {
    let wrong = settings {
      $0.objective = "relative-max"
      $0.relativeFloor = text
    }
    let error = #expect(throws: SettingError.self) { try wrong.request() }
    #expect(error?.flag == "relative-floor")
    #expect(error?.problem.contains("write a number of at least 1e-30") == true)
  }

  @Test func whatDoesNotGoTogether() {
    let neither = #expect(throws: SettingError.self) { try TableSettings().request() }
    #expect(neither?.flag == "function")
    let recipe = settings {
      $0.approximator = "optimal"
      $0.recipe = "paper"
    }
    #expect(throws: SettingError.self) { try recipe.request() }
    let both = settings { $0.samples = "x.csv" }
    #expect(throws: SettingError.self) { try both.request() }
  }

  @Test func aFileThatIsNoneNamesItsFlag() {
    var missing = TableSettings()
    missing.samples = "/nowhere/s.csv"
    let none = #expect(throws: SettingError.self) { try missing.request() }
    #expect(none?.flag == "samples")
    for path in ["", "/", "/nowhere/at/all/table.json"] {
      let error = #expect(throws: SettingError.self) { try TableFile.checkPlace(path) }
      #expect(error?.flag == "out", "\(path)")
    }
    #expect(throws: SettingError.self) { try TablePlot.checkPlace("plot.gif") }
    #expect(throws: Never.self) { try TablePlot.checkPlace("plot.svg") }
  }

  @Test func whatTheFitRefusesNamesTheFlag() {
    let error = SettingError(
      .invalid(parameter: "weights[3]", value: "(1, 0, 1)", permitted: "bounds must ascend"))
    #expect(error?.description == "--histogram: (1, 0, 1) is not possible: bounds must ascend")
  }
}
