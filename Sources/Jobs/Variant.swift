import Approximation
import LookupTables

/// One complete choice for a model.
public struct Variant: Hashable, Sendable {
  public var approximator: ApproximatorName
  /// nn-lut only; nil otherwise.
  public var recipe: RecipeName?
  /// What `optimal` and the recipe `refined` make small, and what every certificate speaks of.
  /// The recipe `paper` trains on its own loss, whatever this says.
  public var objective: Objective
  /// What relative errors are divided by at least, in the function's unit; positive. Nil for a 256th of
  /// the function's largest magnitude, and with absolute objectives.
  public var relativeFloor: Double?
  /// Whether the lines of `optimal` must meet.
  public var continuity: Continuity
  public var entries: EntryChoice
  public var format: FormatChoice
  /// How integer formats choose their scales; without meaning for the others.
  public var scales: IntegerScales
  public var scope: TableScope
  /// Fit to the calibration histograms; otherwise evenly over the domain. Maximum objectives take
  /// only the domain from calibration: a largest error has no weights.
  public var calibrate: Bool
  /// Overrides the calibration's policy.
  public var range: RangePolicy
  public var scaling: InputScaling
  public var constraints: FitConstraints
  public var seed: UInt64

  public init(
    approximator: ApproximatorName, recipe: RecipeName?, objective: Objective = .meanSquare,
    continuity: Continuity = .continuous, entries: EntryChoice, format: FormatChoice,
    scales: IntegerScales = .powerOfTwo, scope: TableScope, calibrate: Bool, range: RangePolicy,
    scaling: InputScaling, constraints: FitConstraints = .init(), seed: UInt64,
    relativeFloor: Double? = nil
  ) {
    self.relativeFloor = relativeFloor
    self.approximator = approximator
    self.recipe = recipe
    self.objective = objective
    self.continuity = continuity
    self.entries = entries
    self.format = format
    self.scales = scales
    self.scope = scope
    self.calibrate = calibrate
    self.range = range
    self.scaling = scaling
    self.constraints = constraints
    self.seed = seed
  }

  /// The same with one size and one number format for all tables.
  public init(
    approximator: ApproximatorName, recipe: RecipeName?, entries: Int, format: NumberFormat,
    scope: TableScope, calibrate: Bool, range: RangePolicy, scaling: InputScaling, seed: UInt64
  ) {
    self.init(
      approximator: approximator, recipe: recipe, entries: .count(entries),
      format: .one(format), scope: scope, calibrate: calibrate, range: range, scaling: scaling,
      seed: seed)
  }

  /// Whether its tables are weighted by what the sites received.
  public var isWeighted: Bool { calibrate && !objective.isMaximum }

  /// Whether its tables need the calibration histograms.
  public var needsHistograms: Bool { isWeighted || range != .fixed }
}

public enum ApproximatorName: String, Codable, CaseIterable, Sendable {
  case optimal
  case nnLUT = "nn-lut"
  case linearLUT = "linear-lut"
}

public enum RecipeName: String, Codable, CaseIterable, Sendable {
  case paper, refined
}

public enum TableScope: String, Codable, CaseIterable, Sendable {
  case perSite = "per-site"
  case shared
}

/// How many entries a variant's tables have.
public enum EntryChoice: Hashable, Sendable {
  /// N of every table, in `2...256`.
  case count(Int)
  /// Of each table the cheapest of ``candidates`` (in the variant's formats) with which the model's
  /// mean output error stays within the budget, in `0 < budget <= 1`.
  ///
  /// The output error of a text is 1 − cos(embedding with tables, exact embedding).
  case automatic(budget: Double)

  /// The sizes among which `auto` chooses.
  public static let candidates = [2, 3, 4, 5, 6, 8, 12, 16]

  /// The sizes of tables that have to be made.
  public var sizes: [Int] {
    switch self {
    case .count(let count): [count]
    case .automatic: Self.candidates
    }
  }

  public var isAutomatic: Bool { if case .automatic = self { true } else { false } }
}

/// The number format of a variant's tables.
public enum FormatChoice: Hashable, Sendable {
  case one(NumberFormat)
  /// Each function's own.
  case byFunction([NonlinearFunction: NumberFormat])
  /// Any of these for each table, as it comes cheapest; with `entries: auto` only. Distinct, at
  /// least one, in the order of `NumberFormat.allCases`.
  case any([NumberFormat])

  /// The formats in which tables of the function have to be made; empty when the choice names none
  /// for it.
  public func formats(of function: NonlinearFunction) -> [NumberFormat] {
    switch self {
    case .one(let format): [format]
    case .byFunction(let formats): formats[function].map { [$0] } ?? []
    case .any(let formats): formats
    }
  }

  /// All formats that occur.
  public var all: [NumberFormat] {
    switch self {
    case .one(let format): [format]
    case .byFunction(let formats): NumberFormat.allCases.filter(Set(formats.values).contains)
    case .any(let formats): formats
    }
  }
}
