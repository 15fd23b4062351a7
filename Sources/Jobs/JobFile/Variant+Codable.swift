import Approximation
import LookupTables

/// The job file's own shape: only keys that the variant's approximator takes are written. Keys that
/// came later than the first version may be missing and then have their default.
extension Variant: Codable {
  private enum CodingKeys: String, CodingKey {
    case approximator, recipe, objective, continuity, entries, budget, format, scales, scope,
      calibrate, range, scaling, tails, anchors, floor, relativeFloor, seed
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func optional<Value: Decodable>(_ key: CodingKeys, _ usual: Value) throws -> Value {
      try container.decodeIfPresent(Value.self, forKey: key) ?? usual
    }
    let recipe = try container.decodeIfPresent(RecipeName.self, forKey: .recipe)
    let entries: EntryChoice
    if let count = try? container.decode(Int.self, forKey: .entries) {
      entries = .count(count)
    } else {
      guard try container.decode(String.self, forKey: .entries) == Self.automatic else {
        throw DecodingError.dataCorruptedError(
          forKey: .entries, in: container, debugDescription: "entries are a number or auto")
      }
      entries = .automatic(budget: try container.decode(Double.self, forKey: .budget))
    }
    self.init(
      approximator: try container.decode(ApproximatorName.self, forKey: .approximator),
      recipe: recipe,
      objective: recipe == .paper ? .meanSquare : try optional(.objective, .meanSquare),
      continuity: try optional(.continuity, .continuous), entries: entries,
      format: try container.decode(FormatChoice.self, forKey: .format),
      scales: try optional(.scales, .powerOfTwo),
      scope: try container.decode(TableScope.self, forKey: .scope),
      calibrate: try container.decode(Bool.self, forKey: .calibrate),
      range: try container.decode(RangePolicy.self, forKey: .range),
      scaling: try container.decode(InputScaling.self, forKey: .scaling),
      constraints: FitConstraints(
        tails: try optional(.tails, .standard),
        hasAnchors: try optional(.anchors, AnchorPolicy.standard) == .standard,
        floor: try optional(.floor, .use)),
      seed: try container.decode(UInt64.self, forKey: .seed),
      relativeFloor: try container.decodeIfPresent(Double.self, forKey: .relativeFloor))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(approximator, forKey: .approximator)
    try container.encodeIfPresent(recipe, forKey: .recipe)
    if hasObjective { try container.encode(objective, forKey: .objective) }
    if approximator == .optimal { try container.encode(continuity, forKey: .continuity) }
    switch entries {
    case .count(let count): try container.encode(count, forKey: .entries)
    case .automatic(let budget):
      try container.encode(Self.automatic, forKey: .entries)
      try container.encode(budget, forKey: .budget)
    }
    try container.encode(format, forKey: .format)
    if format.all.contains(where: \.isInteger) { try container.encode(scales, forKey: .scales) }
    try container.encode(scope, forKey: .scope)
    try container.encode(calibrate, forKey: .calibrate)
    try container.encode(range, forKey: .range)
    try container.encode(scaling, forKey: .scaling)
    try container.encode(constraints.tails, forKey: .tails)
    try container.encode(
      constraints.hasAnchors ? AnchorPolicy.standard : .none, forKey: .anchors)
    if constraints.floor != .use { try container.encode(constraints.floor, forKey: .floor) }
    try container.encodeIfPresent(relativeFloor, forKey: .relativeFloor)
    try container.encode(seed, forKey: .seed)
  }

  /// The word for sizes and formats that the job chooses.
  static let automatic = "auto"

  /// Whether a job file may say what the variant's tables make small.
  private var hasObjective: Bool { approximator == .optimal || recipe == .refined }
}

/// Whether tables pass through the function's anchors.
enum AnchorPolicy: String, Codable, CaseIterable {
  case standard = "default"
  case none
}

/// `"int8"`, `{"exp": "int8", "gelu": "int16", …}` or, with `entries: auto`, `["fp16", "int8"]`.
extension FormatChoice: Codable {
  public init(from decoder: any Decoder) throws {
    if let format = try? decoder.singleValueContainer().decode(NumberFormat.self) {
      self = .one(format)
    } else if let formats = try? decoder.singleValueContainer().decode([NumberFormat].self) {
      self = .any(formats)
    } else {
      let names = try decoder.singleValueContainer().decode([String: NumberFormat].self)
      var formats: [NonlinearFunction: NumberFormat] = [:]
      for (name, format) in names {
        guard let function = NonlinearFunction(rawValue: name) else {
          throw DecodingError.dataCorrupted(
            .init(
              codingPath: decoder.codingPath,
              debugDescription: "'\(name.prefix(80))' is no function"))
        }
        formats[function] = format
      }
      self = .byFunction(formats)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .one(let format): try container.encode(format)
    case .any(let formats): try container.encode(formats)
    case .byFunction(let formats):
      try container.encode(
        Dictionary(uniqueKeysWithValues: formats.map { ($0.key.rawValue, $0.value) }))
    }
  }
}
