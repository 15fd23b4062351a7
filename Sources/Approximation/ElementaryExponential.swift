/// e^x in float64 without the platform's libm: the same bits on every machine.
///
/// Cody–Waite reduction by multiples of ln 2 and a Taylor polynomial of degree 13 on
/// |r| <= ln 2 / 2, whose remainder is below 5e-18; within about 1 ulp.
/// - Parameter x: Any number. Above 709.78 the result is +∞, below −745.2 it is 0; NaN stays NaN.
func elementaryExponential(_ x: Double) -> Double {
  if x.isNaN { return x }
  if x > 709.782712893384 { return .infinity }
  if x < -745.2 { return 0 }
  let multiple = (x * 1.4426950408889634).rounded(.toNearestOrEven)
  let high = x - multiple * 6.93147180369123816490e-01
  let r = high - multiple * 1.90821492927058770002e-10
  // The large term last, so that it carries the only rounding that counts.
  let value = 1 + exponentialSeries(r)
  let exponent = Int(multiple)
  // In two steps where 2^exponent itself would be subnormal or infinite.
  if exponent < -1000 {
    return value * powerOfTwo(exponent + 100) * powerOfTwo(-100)
  }
  if exponent > 1000 {
    return value * powerOfTwo(exponent - 100) * powerOfTwo(100)
  }
  return value * powerOfTwo(exponent)
}

/// e^x − 1, relatively accurate also where x nears 0.
func exponentialLessOne(_ x: Double) -> Double {
  x.magnitude < 0.34 ? exponentialSeries(x) : elementaryExponential(x) - 1
}

/// e^r − 1 = r + r²·(1/2! + r/3! + …).
/// - Parameter r: |r| must be at most ln 2 / 2.
private func exponentialSeries(_ r: Double) -> Double {
  var sum = exponentialCoefficients[0]
  for index in 1..<exponentialCoefficients.count { sum = sum * r + exponentialCoefficients[index] }
  return r + r * r * sum
}

/// 1/13!, 1/12!, …, 1/2!
private let exponentialCoefficients: [Double] = [
  1 / 6_227_020_800, 1 / 479_001_600, 1 / 39_916_800, 1 / 3_628_800, 1 / 362_880, 1 / 40_320,
  1 / 5_040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2,
]

/// 2^exponent, exact.
/// - Parameter exponent: Must be in `−1022...1023`.
func powerOfTwo(_ exponent: Int) -> Double {
  Double(sign: .plus, exponent: exponent, significand: 1)
}
