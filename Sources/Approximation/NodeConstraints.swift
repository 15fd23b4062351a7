/// What the values at given nodes must be: anchors as values of their pieces, the last piece y = x,
/// outer pieces that are 0.
struct NodeConstraints {
  private struct Condition {
    var piece: Int
    var t: Double
    var value: Double
    /// The row's entries for values that are free, and its square.
    var left: Double
    var right: Double
    var square: Double
  }

  private let nodes: [Double]
  private let endsOnIdentity: Bool
  private var held: [Double?]
  private var conditions: [Condition] = []

  init(
    _ problem: FitProblem, endsOnIdentity: Bool, zeroEnds: ZeroEnds = .init(), nodes: [Double]
  ) {
    self.nodes = nodes
    self.endsOnIdentity = endsOnIdentity
    held = Array(repeating: nil, count: nodes.count)
    if endsOnIdentity {
      for index in (nodes.count - 2)..<nodes.count { held[index] = nodes[index] }
    }
    if zeroEnds.left { for index in 0...1 { held[index] = 0 } }
    if zeroEnds.right { for index in (nodes.count - 2)..<nodes.count { held[index] = 0 } }
    var inner: [Anchor] = []
    for anchor in problem.anchors {
      if anchor.x == nodes[0] {
        held[0] = held[0] ?? anchor.y
      } else if anchor.x == nodes[nodes.count - 1] {
        held[nodes.count - 1] = held[nodes.count - 1] ?? anchor.y
      } else {
        inner.append(anchor)
      }
    }
    for anchor in inner {
      let piece = min(max(nodes.firstIndex(above: anchor.x) - 1, 0), nodes.count - 2)
      let t = (anchor.x - nodes[piece]) / (nodes[piece + 1] - nodes[piece])
      let left = held[piece] == nil ? 1 - t : 0
      let right = held[piece + 1] == nil ? t : 0
      conditions.append(
        Condition(
          piece: piece, t: t, value: anchor.y, left: left, right: right,
          square: left * left + right * right))
    }
  }

  /// The nearest values that meet the constraints; nil when none do.
  func met(by raw: [Double]) -> [Double]? {
    var values = raw
    for (index, value) in held.enumerated() { if let value { values[index] = value } }
    for condition in conditions {
      let piece = condition.piece
      let value = (1 - condition.t) * values[piece] + condition.t * values[piece + 1]
      let missing = condition.value - value
      guard condition.square > 0 else {
        if missing.magnitude > 1e-12 { return nil }
        continue
      }
      values[piece] += condition.left * missing / condition.square
      values[piece + 1] += condition.right * missing / condition.square
    }
    return values
  }

  /// Turns derivatives by free values into those under the constraints.
  func project(_ byKnots: inout [Double], _ byValues: inout [Double], slopes: [Double]) {
    for condition in conditions where condition.square > 0 {
      let piece = condition.piece
      let along =
        (condition.left * byValues[piece] + condition.right * byValues[piece + 1])
        / condition.square
      byValues[piece] -= along * condition.left
      byValues[piece + 1] -= along * condition.right
      // A knot that moves takes the line off the anchor; the values bring it back.
      if piece > 0 { byKnots[piece - 1] += along * slopes[piece] * (1 - condition.t) }
      if piece < byKnots.count { byKnots[piece] += along * slopes[piece] * condition.t }
    }
    if endsOnIdentity, let last = byKnots.indices.last { byKnots[last] += byValues[last + 1] }
    for (index, value) in held.enumerated() where value != nil { byValues[index] = 0 }
  }
}
