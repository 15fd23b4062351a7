/// Σ leftᵢ·rightᵢ
func dot(_ left: [Double], _ right: [Double]) -> Double {
  zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
}

/// BFGS's estimate of the inverse of the second derivatives.
struct InverseHessian {
  private var rows: [[Double]]
  private(set) var isFresh = true

  init(count: Int) {
    rows = (0..<count).map { row in (0..<count).map { $0 == row ? 1 : 0 } }
  }

  func direction(_ gradient: [Double]) -> [Double] {
    rows.map { -dot($0, gradient) }
  }

  mutating func update(step: [Double], change: [Double]) {
    let curvature = dot(step, change)
    guard curvature > 0, curvature.isNormal else { return }
    if isFresh {
      let scale = curvature / dot(change, change)
      for index in rows.indices { rows[index][index] = scale }
      isFresh = false
    }
    let product = rows.map { dot($0, change) }
    let factor = (1 + dot(change, product) / curvature) / curvature
    for row in rows.indices {
      for column in rows.indices {
        rows[row][column] +=
          factor * step[row] * step[column]
          - (product[row] * step[column] + step[row] * product[column]) / curvature
      }
    }
  }
}
