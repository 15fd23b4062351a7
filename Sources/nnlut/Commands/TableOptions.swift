import ArgumentParser
import TableTools

/// What decides a table. All are text here: `TableSettings` checks them, so that every mistake is
/// one line with the flag and what it may be.
struct TableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "gelu, gelu-tanh, exp, reciprocal, rsqrt, silu, sigmoid, tanh, softplus, hardswish.",
      valueName: "name"))
  var function: String?
  @Option(help: ArgumentHelp("A function of your own: CSV of x,y.", valueName: "file"))
  var samples: String?
  // Unconditional: a bound may begin with a minus.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "LOWER:UPPER, as -4:4. Default: the range of the NN-LUT paper, or all samples.",
      valueName: "range"))
  var domain: String?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("N, 2 to 256 (default: 16).", valueName: "n"))
  var entries: String?
  @Option(help: ArgumentHelp("fp32 (default), fp16, int32, int16, int8.", valueName: "name"))
  var format: String?
  @Option(
    help: ArgumentHelp(
      "Of an integer format: power-of-two (default) or free.", valueName: "name"))
  var scales: String?
  @Option(help: ArgumentHelp("mse (default), max, relative-mse, relative-max.", valueName: "name"))
  var objective: String?
  @Option(help: ArgumentHelp("Of x: none (default), paper, exponent.", valueName: "name"))
  var scaling: String?
  @Option(help: ArgumentHelp("Outside the domain: default, clamp, line.", valueName: "name"))
  var tails: String?
  @Option(
    help: ArgumentHelp(
      "default (gelu(0) = 0, exp(0) = 1, clamped bounds) or none.", valueName: "name"))
  var anchors: String?
  @Option(
    help: ArgumentHelp(
      "Of functions that are never negative: lines may dip below 0 (use, default) or not (avoid).",
      valueName: "name"))
  var floor: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Relative errors are divided by |f|, at least by this (default: max |f| / 256).",
      valueName: "number"))
  var relativeFloor: String?
  @Option(
    help: ArgumentHelp(
      "What the function receives: CSV of lower,upper,weight or value,count, or the binary form.",
      valueName: "file"))
  var histogram: String?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("For recipe paper (default: 0).", valueName: "n"))
  var seed: String?

  var settings: TableSettings {
    var settings = TableSettings()
    settings.function = function
    settings.samples = samples
    settings.domain = domain
    settings.entries = entries
    settings.format = format
    settings.scales = scales
    settings.objective = objective
    settings.scaling = scaling
    settings.tails = tails
    settings.anchors = anchors
    settings.floor = floor
    settings.relativeFloor = relativeFloor
    settings.histogram = histogram
    settings.seed = seed
    return settings
  }

  /// Whether anything was written.
  var isEmpty: Bool {
    [
      function, samples, domain, entries, format, scales, objective, scaling, tails, anchors,
      floor, relativeFloor, histogram, seed,
    ].allSatisfy { $0 == nil }
  }
}

/// How the table's lines are found.
struct ApproximatorOptions: ParsableArguments {
  @Option(help: ArgumentHelp("nn-lut (default), optimal, linear-lut.", valueName: "name"))
  var approximator: String?
  @Option(help: ArgumentHelp("Of nn-lut: refined (default) or paper.", valueName: "name"))
  var recipe: String?
  @Option(
    help: ArgumentHelp("Of optimal: continuous (default) or discontinuous.", valueName: "name"))
  var continuity: String?

  func apply(to settings: inout TableSettings) {
    settings.approximator = approximator
    settings.recipe = recipe
    settings.continuity = continuity
  }

  var isEmpty: Bool { approximator == nil && recipe == nil && continuity == nil }
}
