import Approximation
import LookupTables

extension Variant {
  /// For people: `nn-lut 16 int32 per-site`; what differs from the usual follows.
  public var label: String {
    var words = [approximator.rawValue, entries.label, format.label, scope.rawValue]
    if recipe == .paper { words.append("paper") }
    if objective != .meanSquare { words.append(objective.rawValue) }
    if continuity != .continuous { words.append(continuity.rawValue) }
    if approximator != .linearLUT, !calibrate { words.append("uncalibrated") }
    switch range {
    case .standard: break
    case .observed: if approximator != .linearLUT { words.append("observed") }
    case .fixed: words.append("fixed")
    case .percentile(let value): words.append("p\(value)")
    }
    if scaling != (recipe == .paper ? .paper : .none) {
      words.append("scaling-\(scaling.rawValue)")
    }
    if scales != .powerOfTwo { words.append("scales-\(scales.rawValue)") }
    if constraints.tails != .standard { words.append("tails-\(constraints.tails.rawValue)") }
    if !constraints.hasAnchors { words.append("no-anchors") }
    if constraints.floor != .use { words.append("floor-\(constraints.floor.rawValue)") }
    if let relativeFloor { words.append("relative-floor-\(relativeFloor)") }
    if seed != 1 { words.append("seed-\(seed)") }
    return words.joined(separator: " ")
  }
}

extension EntryChoice {
  fileprivate var label: String {
    switch self {
    case .count(let count): String(count)
    case .automatic(let budget): "auto-\(budget)"
    }
  }
}

extension FormatChoice {
  /// `int8`, `fp16|int8`, or `int32(reciprocal,rsqrt)+int8(exp,gelu)`.
  fileprivate var label: String {
    switch self {
    case .one(let format): format.rawValue
    case .any(let formats): formats.map(\.rawValue).joined(separator: "|")
    case .byFunction(let formats):
      all.map { format in
        let functions = formats.filter { $0.value == format }.map(\.key.rawValue).sorted()
        return "\(format.rawValue)(\(functions.joined(separator: ",")))"
      }.joined(separator: "+")
    }
  }
}
