/// How a table's lines are found.
public enum Approximator: Hashable, Sendable {
  /// Training or fitting a ReLU network of one hidden layer, transformed exactly into a table.
  case nnLUT(Recipe)
  /// N pieces of equal width with least-squares values: the paper's baseline.
  case linearLUT
  /// The exact optimum of the objective.
  case optimal
}

/// How the network of ``Approximator/nnLUT(_:)`` is found.
public enum Recipe: String, Codable, CaseIterable, Sendable {
  /// As published: Adam on samples. Kept for comparison.
  case paper
  /// Knots placed by weight and curvature, exact least-squares values, second-order polish.
  case refined
}
