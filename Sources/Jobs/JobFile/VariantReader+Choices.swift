import Approximation
import LookupTables

extension EntryChoice {
  /// Whether the value is `auto`, which stands alone.
  static func isAutomatic(_ node: YAMLNode) throws -> Bool {
    guard node.isScalar else {
      for element in try node.oneOrMore(limit: JobSpecification.variantLimit)
      where try element.isScalar && element.text() == Variant.automatic {
        throw element.error("auto stands alone; write a variant of its own")
      }
      return false
    }
    return try node.text("2 to 256, or auto") == Variant.automatic
  }

  /// `entries` and, with `auto`, `budget`.
  init(_ members: YAMLMembers) throws {
    let node = try members.required("entries")
    guard try node.isScalar && node.text() == Variant.automatic else {
      if let budget = members["budget"] {
        throw budget.error("only entries: auto keeps a budget; leave it out")
      }
      self = .count(try node.integer(in: PiecewiseLinear.entryLimits))
      return
    }
    guard let node = members["budget"] else {
      throw node.error(
        "auto needs the key 'budget': the mean of 1 - cos(output, exact output) that the tables "
          + "may cost, such as 0.001")
    }
    let budget = try node.number(in: 0...1)
    guard budget > 0 else { throw node.error("must be more than 0; write 0.001 or so") }
    self = .automatic(budget: budget)
  }
}

extension FormatChoice {
  /// The functions for which a mapping must name a format: those of every model there is.
  private static let functions: [NonlinearFunction] = [.gelu, .exp, .reciprocal, .rsqrt]

  /// - Parameter isAutomatic: Whether entries are `auto`, so that a list or `auto` may stand here.
  init(_ node: YAMLNode, isAutomatic: Bool) throws {
    if node.isMapping {
      self = .byFunction(try Self.formats(node))
      return
    }
    if node.isScalar, try node.text("a number format") == Variant.automatic {
      guard isAutomatic else {
        throw node.error("auto goes with entries: auto only; write \(Self.known)")
      }
      self = .any(NumberFormat.allCases)
      return
    }
    guard isAutomatic else {
      self = .one(try node.choice(NumberFormat.self))
      return
    }
    var formats: [NumberFormat] = []
    for element in try node.oneOrMore(limit: NumberFormat.allCases.count) {
      if element.isMapping {
        throw element.error("a list holds number formats; write \(Self.known)")
      }
      let format = try element.choice(NumberFormat.self)
      guard !formats.contains(format) else {
        throw element.error("'\(format.rawValue)' stands twice; remove one")
      }
      formats.append(format)
    }
    self = .any(NumberFormat.allCases.filter(formats.contains))
  }

  private static let known = NumberFormat.allCases.map(\.rawValue).joined(separator: ", ")

  private static func formats(_ node: YAMLNode) throws -> [NonlinearFunction: NumberFormat] {
    let members = try node.members(known: NonlinearFunction.allCases.map(\.rawValue))
    let missing = functions.filter { members[$0.rawValue] == nil }.map(\.rawValue)
    guard missing.isEmpty else {
      throw node.error("no format for \(missing.joined(separator: ", ")); write one for each")
    }
    var formats: [NonlinearFunction: NumberFormat] = [:]
    for function in NonlinearFunction.allCases {
      formats[function] = try members[function.rawValue]?.choice(NumberFormat.self)
    }
    return formats
  }
}
