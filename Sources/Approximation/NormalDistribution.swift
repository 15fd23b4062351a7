/// Density and distribution of the standard normal, in float64 without the platform's libm.
enum NormalDistribution {
  private static let inverseRootTwoPi = 0.3989422804014327

  /// φ(x) = e^(−x²/2) / √(2π), with relative accuracy also where x² is large.
  static func density(_ x: Double) -> Double {
    guard x.magnitude < 39 else { return x.isNaN ? x : 0 }
    // x² split so that its leading part is exact: head has at most 26 significant bits.
    let head = Double(Float(x))
    let rest = (x - head) * (x + head)
    return inverseRootTwoPi * elementaryExponential(-0.5 * head * head)
      * elementaryExponential(-0.5 * rest)
  }

  /// Φ(x) = (1 + erf(x/√2)) / 2, relatively accurate to about 1e-14 in both tails.
  static func distribution(_ x: Double) -> Double {
    if x.isNaN { return x }
    let z = x.magnitude
    let density = density(z)
    if z < 2 {
      let central = density * centralSeries(z)
      return x < 0 ? 0.5 - central : 0.5 + central
    }
    let tail = density * millsRatio(z)
    return x < 0 ? tail : 1 - tail
  }

  /// (Φ(z) − 1/2) / φ(z) = z + z³/3 + z⁵/(3·5) + …: all terms positive, nothing cancels.
  private static func centralSeries(_ z: Double) -> Double {
    let square = z * z
    var term = z
    var sum = z
    var odd = 3.0
    while term > sum * 0x1p-60 {
      term *= square / odd
      sum += term
      odd += 2
    }
    return sum
  }

  /// (1 − Φ(z)) / φ(z) by Laplace's continued fraction 1/(z + 1/(z + 2/(z + 3/(z + …)))), with
  /// enough terms for float64.
  /// - Parameter z: Must be at least 2.
  private static func millsRatio(_ z: Double) -> Double {
    var fraction = z
    for term in stride(from: 16 + Int(400 / (z * z)), through: 1, by: -1) {
      fraction = z + Double(term) / fraction
    }
    return 1 / fraction
  }
}
