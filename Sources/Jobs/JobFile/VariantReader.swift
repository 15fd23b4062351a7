import Approximation
import LookupTables

/// Reads the variants of a job file and multiplies their lists out.
struct VariantReader {
  /// What variants use that name no range.
  let calibrationRange: RangePolicy

  private static let keys = [
    "approximator", "recipe", "objective", "continuity", "entries", "budget", "format", "scales",
    "scope", "calibrate", "range", "scaling", "tails", "anchors",
    "floor", "relativeFloor", "seed",
  ]

  func variants(_ node: YAMLNode) throws -> [Variant] {
    let limit = JobSpecification.variantLimit
    var variants: [Variant] = []
    for element in try node.list(limit: limit) {
      for variant in try multipliedOut(element, room: limit - variants.count) {
        guard !variants.contains(variant) else {
          throw element.error("the variant '\(variant.label)' stands twice; remove one")
        }
        variants.append(variant)
      }
    }
    return variants
  }

  private func multipliedOut(_ node: YAMLNode, room: Int) throws -> [Variant] {
    let members = try node.members(known: Self.keys)
    _ = try members.required("approximator")
    let isAutomatic = try EntryChoice.isAutomatic(members.required("entries"))
    try checkScales(members)
    func list(_ key: String) throws -> [YAMLNode?] {
      guard let node = members[key] else { return [nil] }
      // The formats of `entries: auto` are one choice.
      if key == "format", isAutomatic { return [node] }
      return try node.oneOrMore(limit: JobSpecification.variantLimit)
    }
    // The last key varies fastest.
    var choices: [[String: YAMLNode]] = [[:]]
    for key in Self.keys {
      let values = try list(key)
      guard choices.count * values.count <= room else {
        throw node.error("more than \(JobSpecification.variantLimit) variants; write fewer")
      }
      choices = choices.flatMap { choice in
        values.map { value in
          guard let value else { return choice }
          return choice.merging([key: value]) { _, new in new }
        }
      }
    }
    return try choices.map { try variant(YAMLMembers(owner: node, members: $0)) }
  }

  private func variant(_ members: YAMLMembers) throws -> Variant {
    let approximator = try ApproximatorName(members.required("approximator"))
    let recipe = try recipe(members, of: approximator)
    let scope = try members["scope"]?.choice(TableScope.self) ?? .perSite
    let calibrate =
      try members["calibrate"].map { try Self.calibrate($0, approximator) }
      ?? (approximator != .linearLUT)
    let range: RangePolicy =
      if let node = members["range"] {
        try RangePolicy(node)
      } else if approximator == .linearLUT {
        scope == .shared ? .fixed : .observed
      } else if !calibrate, scope == .shared {
        .fixed
      } else {
        calibrationRange
      }
    let entries = try EntryChoice(members)
    let format =
      try members["format"].map { try FormatChoice($0, isAutomatic: entries.isAutomatic) }
      ?? (entries.isAutomatic ? .any([.fp32]) : .one(.fp32))
    let objective = try objective(members, approximator, recipe)
    let hasScales = format.all.contains(where: \.isInteger)
    return Variant(
      approximator: approximator, recipe: recipe,
      objective: objective,
      continuity: try continuity(members, of: approximator), entries: entries, format: format,
      // In a list of formats, scales are meant for those that have some.
      scales: try members["scales"].map { try $0.choice(IntegerScales.self) }
        .flatMap { hasScales ? $0 : nil } ?? .powerOfTwo,
      scope: scope, calibrate: calibrate, range: range,
      scaling: try members["scaling"]?.choice(InputScaling.self)
        ?? (recipe == .paper ? .paper : .none),
      constraints: FitConstraints(
        tails: try members["tails"]?.choice(TailPolicy.self) ?? .standard,
        hasAnchors: try members["anchors"]?.choice(AnchorPolicy.self) != AnchorPolicy.none,
        floor: try VariantFloors.floor(members)),
      seed: try members["seed"]?.integer(in: 0...UInt64.max) ?? 1,
      relativeFloor: try VariantFloors.relativeFloor(members, objective))
  }

  private static func calibrate(_ node: YAMLNode, _ approximator: ApproximatorName) throws -> Bool {
    if node.isScalar, try node.text() == "sequential" {
      throw node.error("sequential calibration is not available yet; write true or false")
    }
    let calibrate = try node.boolean()
    guard !calibrate || approximator != .linearLUT else {
      throw node.error(
        "linear-lut's pieces follow from the range alone; leave it out and choose a range")
    }
    return calibrate
  }

  private func recipe(_ members: YAMLMembers, of approximator: ApproximatorName) throws
    -> RecipeName?
  {
    guard let node = members["recipe"] else { return approximator == .nnLUT ? .refined : nil }
    guard approximator == .nnLUT else {
      throw node.error("\(approximator.rawValue) has no recipe; leave it out")
    }
    return try node.choice(RecipeName.self)
  }

  private func objective(
    _ members: YAMLMembers, _ approximator: ApproximatorName, _ recipe: RecipeName?
  ) throws -> Objective {
    guard let node = members["objective"] else { return .meanSquare }
    guard approximator != .linearLUT else {
      throw node.error("linear-lut has no objective; leave it out")
    }
    let known = Objective.allCases.map(\.rawValue).joined(separator: ", ")
    guard recipe != .paper else {
      guard try node.text("l1") == "l1" else {
        throw node.error(
          "the recipe paper trains on l1; leave it out, or write recipe: refined with \(known)")
      }
      return .meanSquare
    }
    return try node.choice(Objective.self)
  }

  private func continuity(_ members: YAMLMembers, of approximator: ApproximatorName) throws
    -> Continuity
  {
    guard let node = members["continuity"] else { return .continuous }
    guard approximator == .optimal else {
      throw node.error("the lines of \(approximator.rawValue) always meet; leave it out")
    }
    return try node.choice(Continuity.self)
  }

  /// Scales without any integer format are a mistake.
  private func checkScales(_ members: YAMLMembers) throws {
    guard let node = members["scales"] else { return }
    let formats = try members["format"]?.oneOrMore(limit: JobSpecification.variantLimit) ?? []
    let hasInteger = try formats.contains { format in
      try FormatChoice(format, isAutomatic: true).all.contains(where: \.isInteger)
    }
    guard hasInteger else {
      throw node.error("only int32, int16 and int8 have scales; leave it out or write one of them")
    }
  }
}

extension ApproximatorName {
  fileprivate init(_ node: YAMLNode) throws {
    if try node.text() == "i-bert" {
      throw node.error("i-bert makes no table; `nnlut table compare` shows it beside the others")
    }
    self = try node.choice(ApproximatorName.self)
  }
}
