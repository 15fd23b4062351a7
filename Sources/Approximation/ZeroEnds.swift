/// Outer pieces of a continuous function that answer 0. They cost no entry: the line beside such a
/// piece reaches 0 at their common knot and runs on below it, where a negative result becomes 0.
struct ZeroEnds: Hashable {
  var left = false
  var right = false

  /// How many there are.
  var count: Int { (left ? 1 : 0) + (right ? 1 : 0) }

  /// Nodes, or their values, without those outside the lines.
  func trimmed(_ nodes: [Double]) -> [Double] {
    Array(nodes.dropFirst(left ? 1 : 0).dropLast(right ? 1 : 0))
  }
}
