extension JobScheduling {
  init(_ node: YAMLNode) throws {
    let members = try node.members(known: ["priority", "weight", "requires"])
    var requirements: [TaskKind: TaskRequirement] = [:]
    if let requires = members["requires"] {
      let kinds = try requires.members(known: TaskKind.allCases.map(\.rawValue))
      for kind in TaskKind.allCases {
        if let node = kinds[kind.rawValue] { requirements[kind] = try TaskRequirement(node) }
      }
    }
    self.init(
      priority: try members["priority"]?.integer(in: Self.priorities) ?? 0,
      weight: try members["weight"]?.number(in: Self.weights) ?? 1,
      requirements: requirements)
  }
}

extension TaskRequirement {
  init(_ node: YAMLNode) throws {
    let members = try node.members(known: ["labels", "memory"])
    let labels = try members["labels"]?.oneOrMore(limit: Self.labelLimit).map { node in
      let label = try node.text("a label")
      if let problem = Self.problem(label: label) { throw node.error(problem) }
      return label
    }
    var memory = 0
    if let node = members["memory"] {
      let text = try node.text("a size such as 8GiB")
      guard let size = MemorySize.mebibytes(text) else {
        throw node.error("'\(text.prefix(80))' is no size; write for example 512MiB or 8GiB")
      }
      memory = size
    }
    self.init(labels: labels ?? [], memoryMiB: memory)
  }
}

/// `512MiB`, `8GiB`.
public enum MemorySize {
  /// - Returns: Nil for what is no size in `1...16_777_216` MiB.
  public static func mebibytes(_ text: String) -> Int? {
    for (unit, factor) in [("MiB", 1), ("GiB", 1024)] where text.hasSuffix(unit) {
      let digits = text.dropLast(unit.count)
      guard digits.utf8.count <= 8, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = Int(digits)
      else { return nil }
      let size = number * factor
      return (1...TaskRequirement.memoryLimitMiB).contains(size) ? size : nil
    }
    return nil
  }
}
