import Approximation
import LookupTables

/// Inputs: `histograms` (a merge result) when the table needs histograms.
///
/// Holds nothing that the result does not depend on, so that equal tables of several variants and
/// jobs are one computation.
public struct TrainParameters: Hashable, Sendable {
  public var function: NonlinearFunction
  /// The site's name, or all sites of the function when shared; empty without histograms.
  public var sites: [String]
  public var approximator: ApproximatorName
  public var recipe: RecipeName?
  public var objective: Objective
  /// As ``Variant/relativeFloor``.
  public var relativeFloor: Double?
  public var continuity: Continuity
  public var entries: Int
  public var format: NumberFormat
  /// Of integer formats.
  public var scales: IntegerScales
  /// Whether the errors are weighted by the histogram.
  public var calibrate: Bool
  public var range: RangePolicy
  public var scaling: InputScaling
  public var constraints: FitConstraints
  public var seed: UInt64
  /// Whether it is one of those among which `assign` chooses. Such a table is made without a
  /// certificate, and that it cannot be made is a result too: a ``CandidateTable``.
  public var isCandidate: Bool

  public init(
    function: NonlinearFunction, sites: [String], approximator: ApproximatorName,
    recipe: RecipeName?, objective: Objective = .meanSquare, continuity: Continuity = .continuous,
    entries: Int, format: NumberFormat, scales: IntegerScales = .powerOfTwo, calibrate: Bool,
    range: RangePolicy, scaling: InputScaling, constraints: FitConstraints = .init(),
    seed: UInt64, isCandidate: Bool = false, relativeFloor: Double? = nil
  ) {
    self.relativeFloor = relativeFloor
    self.function = function
    self.sites = sites
    self.approximator = approximator
    self.recipe = recipe
    self.objective = objective
    self.continuity = continuity
    self.entries = entries
    self.format = format
    self.scales = scales
    self.calibrate = calibrate
    self.range = range
    self.scaling = scaling
    self.constraints = constraints
    self.seed = seed
    self.isCandidate = isCandidate
  }

  /// One of the tables that a variant needs.
  /// - Parameters:
  ///   - sites: Where it stands.
  ///   - entries: One of the variant's sizes.
  ///   - format: One of its formats of the function.
  public init(
    _ variant: Variant, function: NonlinearFunction, sites: [String], entries: Int,
    format: NumberFormat
  ) {
    self.init(
      function: function, sites: variant.needsHistograms ? sites : [],
      approximator: variant.approximator, recipe: variant.recipe, objective: variant.objective,
      continuity: variant.continuity, entries: entries, format: format,
      scales: format.isInteger ? variant.scales : .powerOfTwo, calibrate: variant.isWeighted,
      range: variant.range, scaling: variant.scaling.applied(to: function),
      constraints: variant.constraints,
      // Nothing else is random.
      seed: variant.recipe == .paper ? variant.seed : 0,
      isCandidate: variant.entries.isAutomatic, relativeFloor: variant.relativeFloor)
  }
}

/// Parameters that were stored before objectives, constraints and scales were keys have the defaults.
/// `isCandidate` stands there only where it is true, `relativeFloor` where it is given: other tables
/// keep their content keys.
extension TrainParameters: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      function: try container.decode(NonlinearFunction.self, forKey: .function),
      sites: try container.decode([String].self, forKey: .sites),
      approximator: try container.decode(ApproximatorName.self, forKey: .approximator),
      recipe: try container.decodeIfPresent(RecipeName.self, forKey: .recipe),
      objective: try container.decodeIfPresent(Objective.self, forKey: .objective) ?? .meanSquare,
      continuity: try container.decodeIfPresent(Continuity.self, forKey: .continuity)
        ?? .continuous,
      entries: try container.decode(Int.self, forKey: .entries),
      format: try container.decode(NumberFormat.self, forKey: .format),
      scales: try container.decodeIfPresent(IntegerScales.self, forKey: .scales) ?? .powerOfTwo,
      calibrate: try container.decode(Bool.self, forKey: .calibrate),
      range: try container.decode(RangePolicy.self, forKey: .range),
      scaling: try container.decode(InputScaling.self, forKey: .scaling),
      constraints: try container.decodeIfPresent(FitConstraints.self, forKey: .constraints)
        ?? .init(),
      seed: try container.decode(UInt64.self, forKey: .seed),
      isCandidate: try container.decodeIfPresent(Bool.self, forKey: .isCandidate) ?? false,
      relativeFloor: try container.decodeIfPresent(Double.self, forKey: .relativeFloor))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(function, forKey: .function)
    try container.encode(sites, forKey: .sites)
    try container.encode(approximator, forKey: .approximator)
    try container.encodeIfPresent(recipe, forKey: .recipe)
    try container.encode(objective, forKey: .objective)
    try container.encodeIfPresent(relativeFloor, forKey: .relativeFloor)
    try container.encode(continuity, forKey: .continuity)
    try container.encode(entries, forKey: .entries)
    try container.encode(format, forKey: .format)
    try container.encode(scales, forKey: .scales)
    try container.encode(calibrate, forKey: .calibrate)
    try container.encode(range, forKey: .range)
    try container.encode(scaling, forKey: .scaling)
    try container.encode(constraints, forKey: .constraints)
    try container.encode(seed, forKey: .seed)
    if isCandidate { try container.encode(isCandidate, forKey: .isCandidate) }
  }

  private enum CodingKeys: String, CodingKey {
    case function, sites, approximator, recipe, objective, continuity, entries, format, scales
    case calibrate, range, scaling, constraints, seed, isCandidate, relativeFloor
  }
}

extension InputScaling {
  /// What a variant's scaling means for one function: each is defined for some functions only.
  func applied(to function: NonlinearFunction) -> InputScaling {
    ApproximatedFunction.nonlinear(function).permittedScalings.contains(self) ? self : .none
  }
}
