import Approximation

/// The keys `floor` and `relativeFloor` of a variant.
enum VariantFloors {
  static func floor(_ members: YAMLMembers) throws -> FloorPolicy {
    try members["floor"]?.choice(FloorPolicy.self) ?? .use
  }

  static func relativeFloor(_ members: YAMLMembers, _ objective: Objective) throws -> Double? {
    guard let node = members["relativeFloor"] else { return nil }
    guard objective.isRelative else {
      throw node.error(
        "only relative errors have a floor; leave it out, or write objective: relative-mse or "
          + "relative-max")
    }
    return try node.number(in: least...1e30)
  }

  /// As the command line has it.
  private static let least = 1e-30
}
