/// The normal equations of the values at the nodes: each node is coupled to its neighbours only.
struct TridiagonalSystem {
  /// The value at `t` in `0...1` of a piece must be so much: a row with two entries.
  struct Condition {
    var piece: Int
    var t: Double
    var value: Double

    func row(_ solution: [Double]) -> Double {
      (1 - t) * solution[piece] + t * solution[piece + 1]
    }
  }

  /// The share of a piece's mass that holds its ends on the function.
  private static let hold = 1e-7

  private var diagonal: [Double]
  private var right: [Double]
  private var coupling: [Double]

  init(moments: [KnotLeastSquares.PieceMoments]) {
    let count = moments.count + 1
    diagonal = Array(repeating: 0.0, count: count)
    right = Array(repeating: 0.0, count: count)
    coupling = Array(repeating: 0.0, count: count)
    for (piece, sums) in moments.enumerated() {
      // A mass close to a node says next to nothing about the other end's value, which then stays on
      // the function.
      diagonal[piece] += sums.w - 2 * sums.wt + sums.wtt + Self.hold * sums.w
      diagonal[piece + 1] += sums.wtt + Self.hold * sums.w
      coupling[piece] = sums.wt - sums.wtt
      right[piece] += sums.wg - sums.wgt
      right[piece + 1] += sums.wgt
    }
    // Nor does a place without mass.
    for index in 0..<count { diagonal[index] += 1e-60 }
  }

  /// The least squares with some unknowns held and under a few more conditions, by their Lagrange
  /// multipliers.
  /// - Returns: nil when the conditions contradict each other. The forces are half the derivatives
  ///   of the least square with respect to the conditions' values, negated.
  func solve(
    held: [Double?], conditions: [Condition]
  ) -> (solution: [Double], forces: [Double])? {
    var solution = solve(right: right, held: held)
    guard !conditions.isEmpty else { return (solution, []) }
    let homogeneous = held.map { $0 == nil ? nil : 0.0 }
    var active: [Int] = []
    var forces = Array(repeating: 0.0, count: conditions.count)
    for (index, condition) in conditions.enumerated() {
      if held[condition.piece] == nil || held[condition.piece + 1] == nil {
        active.append(index)
      } else if (condition.row(solution) - condition.value).magnitude > 1e-12 {
        return nil
      }
    }
    let columns = active.map { index -> [Double] in
      var unit = Array(repeating: 0.0, count: diagonal.count)
      unit[conditions[index].piece] = 1 - conditions[index].t
      unit[conditions[index].piece + 1] = conditions[index].t
      return solve(right: unit, held: homogeneous)
    }
    let matrix = active.map { row in columns.map { conditions[row].row($0) } }
    let excess = active.map { conditions[$0].row(solution) - conditions[$0].value }
    guard let multipliers = solveDense(matrix, excess) else { return nil }
    for (multiplier, (index, column)) in zip(multipliers, zip(active, columns)) {
      forces[index] = multiplier
      for node in solution.indices { solution[node] -= multiplier * column[node] }
    }
    return (solution, forces)
  }

  private func solve(right: [Double], held: [Double?]) -> [Double] {
    let count = diagonal.count
    var solution = Array(repeating: 0.0, count: count)
    var upper = Array(repeating: 0.0, count: count)
    for index in 0..<count {
      if let value = held[index] {
        solution[index] = value
        continue
      }
      var pivot = diagonal[index]
      var value = right[index]
      if index > 0 {
        pivot -= coupling[index - 1] * upper[index - 1]
        value -= coupling[index - 1] * solution[index - 1]
      }
      if index + 1 < count {
        if let next = held[index + 1] {
          value -= coupling[index] * next
        } else {
          upper[index] = coupling[index] / pivot
        }
      }
      solution[index] = value / pivot
    }
    for index in stride(from: count - 2, through: 0, by: -1) where held[index] == nil {
      solution[index] -= upper[index] * solution[index + 1]
    }
    return solution
  }
}

/// A small dense system, by elimination with row exchanges; nil when it is singular.
private func solveDense(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
  var rows = zip(matrix, right).map { $0 + [$1] }
  let count = rows.count
  for column in 0..<count {
    let pivot = (column..<count).max {
      rows[$0][column].magnitude < rows[$1][column].magnitude
    }
    guard let pivot, rows[pivot][column].isNormal else { return nil }
    let size = matrix[pivot].reduce(0) { max($0, $1.magnitude) }
    guard rows[pivot][column].magnitude > 1e-13 * size else { return nil }
    rows.swapAt(column, pivot)
    for row in 0..<count where row != column {
      let factor = rows[row][column] / rows[column][column]
      for index in column...count { rows[row][index] -= factor * rows[column][index] }
    }
  }
  return (0..<count).map { rows[$0][count] / rows[$0][$0] }
}
