import LookupTables

/// Reads the variants of a job file and multiplies their lists out.
struct VariantReader {
  /// What variants use that name no range.
  let calibrationRange: RangePolicy

  private static let keys = [
    "approximator", "recipe", "objective", "entries", "format", "scope", "calibrate", "range",
    "scaling", "seed", "continuity", "tails", "anchors",
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
    for key in ["continuity", "tails", "anchors"] {
      if let node = members[key] { throw node.error("not available yet; leave it out") }
    }
    func list(_ key: String) throws -> [YAMLNode?] {
      try members[key]?.oneOrMore(limit: JobSpecification.variantLimit).map(Optional.some) ?? [nil]
    }
    _ = try members.required("approximator")
    _ = try members.required("entries")
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
    let approximator = try Self.approximator(members.required("approximator"))
    let recipe = try recipe(members, of: approximator)
    try checkObjective(members, recipe: recipe)
    let scope = try members["scope"]?.choice(TableScope.self) ?? .perSite
    let calibrate =
      try members["calibrate"].map { try Self.calibrate($0, approximator) }
      ?? (approximator == .nnLUT)
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
    return Variant(
      approximator: approximator, recipe: recipe,
      entries: try members.required("entries").integer(in: PiecewiseLinear.entryLimits),
      format: try members["format"].map(Self.format) ?? .fp32, scope: scope, calibrate: calibrate,
      range: range,
      scaling: try members["scaling"]?.choice(InputScaling.self)
        ?? (recipe == .paper ? .paper : .none),
      seed: try members["seed"]?.integer(in: 0...UInt64.max) ?? 1)
  }

  private static func approximator(_ node: YAMLNode) throws -> ApproximatorName {
    if try ["optimal", "i-bert"].contains(node.text()) {
      throw node.error("not available yet; write nn-lut or linear-lut")
    }
    return try node.choice(ApproximatorName.self)
  }

  private static func format(_ node: YAMLNode) throws -> NumberFormat {
    if try ["fp16", "int16", "int8"].contains(node.text()) {
      throw node.error("not available yet; write fp32 or int32")
    }
    return try node.choice(NumberFormat.self)
  }

  private static func calibrate(_ node: YAMLNode, _ approximator: ApproximatorName) throws -> Bool {
    if node.isScalar, try node.text() == "sequential" {
      throw node.error("sequential calibration is not available yet; write true or false")
    }
    let calibrate = try node.boolean()
    guard !calibrate || approximator == .nnLUT else {
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

  /// Each recipe has its objective; the key may say which, no more.
  private func checkObjective(_ members: YAMLMembers, recipe: RecipeName?) throws {
    guard let node = members["objective"] else { return }
    let objective = try node.text("mse")
    let known =
      switch recipe {
      case .refined: "mse"
      case .paper: "l1"
      case nil: ""
      }
    guard objective == known else {
      throw node.error(
        known.isEmpty
          ? "linear-lut has no objective; leave it out"
          : "'\(objective.prefix(40))' is not available yet with this recipe; write \(known)")
    }
  }
}

extension Variant {
  /// For people: `nn-lut 16 int32 per-site`; what differs from the usual follows.
  public var label: String {
    var words = [approximator.rawValue, String(entries), format.rawValue, scope.rawValue]
    if recipe == .paper { words.append("paper") }
    if approximator == .nnLUT, !calibrate { words.append("uncalibrated") }
    switch range {
    case .standard: break
    case .observed: if approximator != .linearLUT { words.append("observed") }
    case .fixed: words.append("fixed")
    case .percentile(let value): words.append("p\(value)")
    }
    if scaling != (recipe == .paper ? .paper : .none) {
      words.append("scaling-\(scaling.rawValue)")
    }
    if seed != 1 { words.append("seed-\(seed)") }
    return words.joined(separator: " ")
  }
}
