import Approximation
import LookupTables

extension TableDocument: Codable {
  private enum CodingKeys: String, CodingKey {
    case schema, function, scaling, domain, weights, request, table, achieved, certificate,
      withheld,
      notes, probes
  }
  private enum FunctionKeys: String, CodingKey { case samples }
  private enum RequestKeys: String, CodingKey {
    case approximator, recipe, objective, continuity, tails, anchors, floor, relativeFloor,
      scales, seed
  }
  private enum AchievedKeys: String, CodingKey { case maximumError, meanSquaredError }

  /// - Throws: `DecodingError`, or what the parts throw that are not valid.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let schema = try container.decode(String.self, forKey: .schema)
    guard schema != Self.formerSchema else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: container,
        debugDescription: "'\(schema)' had certificates of never-negative functions that were "
          + "wrong; fit the table again")
    }
    guard schema == Self.schema else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: container,
        debugDescription: "'\(schema.prefix(60))' is unknown; this program reads \(Self.schema)")
    }
    table = try container.decode(LookupTable.self, forKey: .table)
    let domain = try container.decode([ExactNumber<Double>].self, forKey: .domain).map(\.value)
    guard domain.count == 2, domain[0] <= domain[1] else {
      throw DecodingError.dataCorruptedError(
        forKey: .domain, in: container, debugDescription: "is not [lower, upper], ascending")
    }
    let asked = try container.nestedContainer(keyedBy: RequestKeys.self, forKey: .request)
    let seed = try asked.decode(String.self, forKey: .seed)
    guard let seed = UInt64(seed) else {
      throw DecodingError.dataCorruptedError(
        forKey: .seed, in: asked, debugDescription: "'\(seed.prefix(40))' is no seed")
    }
    request = FitRequest(
      function: try Self.function(in: container), approximator: try Self.approximator(in: asked),
      entries: table.entries, format: table.format,
      scaling: try container.decode(InputScaling.self, forKey: .scaling),
      domain: domain[0]...domain[1],
      weights: try container.decodeNil(forKey: .weights)
        ? nil
        : container.decodeRows(of: 3, forKey: .weights).map {
          WeightedInterval(lower: $0[0], upper: $0[1], weight: $0[2])
        },
      seed: seed, objective: try asked.decode(Objective.self, forKey: .objective),
      continuity: try asked.decode(Continuity.self, forKey: .continuity),
      constraints: FitConstraints(
        tails: try asked.decode(TailPolicy.self, forKey: .tails),
        hasAnchors: try asked.decode(Bool.self, forKey: .anchors),
        floor: try asked.decode(FloorPolicy.self, forKey: .floor)))
    request.relativeFloor =
      try asked.decodeIfPresent(ExactNumber<Double>.self, forKey: .relativeFloor)?.value
    request.scales = try asked.decode(IntegerScales.self, forKey: .scales)
    let achieved = try container.nestedContainer(keyedBy: AchievedKeys.self, forKey: .achieved)
    maximumError = try achieved.decode(ExactNumber<Double>.self, forKey: .maximumError).value
    meanSquaredError = try achieved.decode(ExactNumber<Double>.self, forKey: .meanSquaredError)
      .value
    certificate = try container.decodeIfPresent(Certificate.self, forKey: .certificate)
    withheld = try container.decodeIfPresent(String.self, forKey: .withheld)
    notes = try container.decode([String: String].self, forKey: .notes)
    probes = try container.decode([TableProbe].self, forKey: .probes)
  }

  private static func function(in container: KeyedDecodingContainer<CodingKeys>) throws
    -> ApproximatedFunction
  {
    if let name = try? container.decode(String.self, forKey: .function) {
      guard let function = NonlinearFunction(rawValue: name) else {
        throw DecodingError.dataCorruptedError(
          forKey: .function, in: container,
          debugDescription: "'\(name.prefix(60))' is unknown to this program")
      }
      return .nonlinear(function)
    }
    let samples = try container.nestedContainer(keyedBy: FunctionKeys.self, forKey: .function)
      .decodeRows(of: 2, forKey: .samples)
    return .sampled(try SampledFunction(x: samples.map { $0[0] }, y: samples.map { $0[1] }))
  }

  private static func approximator(in container: KeyedDecodingContainer<RequestKeys>) throws
    -> Approximator
  {
    let name = try container.decode(String.self, forKey: .approximator)
    switch name {
    case "nn-lut": return .nnLUT(try container.decode(Recipe.self, forKey: .recipe))
    case "linear-lut": return .linearLUT
    case "optimal": return .optimal
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .approximator, in: container,
        debugDescription: "'\(name.prefix(60))' is unknown to this program")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.schema, forKey: .schema)
    switch request.function {
    case .nonlinear(let function): try container.encode(function, forKey: .function)
    case .sampled(let function):
      var samples = container.nestedContainer(keyedBy: FunctionKeys.self, forKey: .function)
      try samples.encode(
        ExactRows(zip(function.x, function.y).map { [$0, $1] }), forKey: .samples)
    }
    try container.encode(request.scaling, forKey: .scaling)
    try container.encode(
      [request.domain.lowerBound, request.domain.upperBound].map { ExactNumber($0) },
      forKey: .domain)
    if let weights = request.weights {
      try container.encode(
        ExactRows(weights.map { [$0.lower, $0.upper, $0.weight] }), forKey: .weights)
    } else {
      try container.encodeNil(forKey: .weights)
    }
    var asked = container.nestedContainer(keyedBy: RequestKeys.self, forKey: .request)
    try asked.encode(request.approximator.name, forKey: .approximator)
    if case .nnLUT(let recipe) = request.approximator {
      try asked.encode(recipe, forKey: .recipe)
    }
    try asked.encode(request.objective, forKey: .objective)
    try asked.encode(request.continuity, forKey: .continuity)
    try asked.encode(request.constraints.tails, forKey: .tails)
    try asked.encode(request.constraints.hasAnchors, forKey: .anchors)
    try asked.encode(request.constraints.floor, forKey: .floor)
    try asked.encode(request.relativeFloor.map { ExactNumber($0) }, forKey: .relativeFloor)
    try asked.encode(request.scales, forKey: .scales)
    try asked.encode(String(request.seed), forKey: .seed)
    try container.encode(table, forKey: .table)
    var achieved = container.nestedContainer(keyedBy: AchievedKeys.self, forKey: .achieved)
    try achieved.encode(ExactNumber(maximumError), forKey: .maximumError)
    try achieved.encode(ExactNumber(meanSquaredError), forKey: .meanSquaredError)
    try container.encode(certificate, forKey: .certificate)
    try container.encodeIfPresent(withheld, forKey: .withheld)
    try container.encode(notes, forKey: .notes)
    try container.encode(probes, forKey: .probes)
  }
}

extension Approximator {
  /// As flags, job files and documents have it; the recipe apart.
  var name: String {
    switch self {
    case .nnLUT: "nn-lut"
    case .linearLUT: "linear-lut"
    case .optimal: "optimal"
    }
  }
}
