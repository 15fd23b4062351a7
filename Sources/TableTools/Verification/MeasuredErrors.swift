import Approximation
import LookupTables

/// A document's errors by quadrature: what ``TableDocument/maximumError``,
/// ``TableDocument/meanSquaredError`` and its certificate say, found in another way.
struct MeasuredErrors {
  /// The largest error, before results are scaled back.
  let maximum: Double
  let meanSquare: Double
  /// The same in the objective's terms, as a certificate says them.
  let objectiveMaximum: Double
  let objectiveMeanSquare: Double
  /// By how much the rounding of inputs and arithmetic moves an error between neighbouring inputs.
  let noise: Double
  /// The same in the objective's terms.
  let objectiveNoise: Double

  init(_ document: TableDocument) {
    let table = document.table
    let lower = Double(table.lowerBound)
    let upper = Double(table.upperBound)
    let domain = lower...upper
    // An octave's last number belongs to it, the next octave's first to another.
    let last = table.scaling == .exponent ? table.upperBound.nextDown : table.upperBound
    let isHalf = table.format == .fp16
    let tellsInputsApart = !table.format.isInteger || table.format == .int32
    func input(_ u: Double) -> Double {
      let single = Float(u)
      if isHalf { return Double(HalfEntries.quantized(single)) }
      return tellsInputsApart ? Double(single) : u
    }
    func value(_ u: Double) -> Double {
      let single = min(max(Float(u), table.lowerBound), last)
      // Inputs below 1 meet the table at 1024 · x under the scaling paper.
      return table.scaling == .paper && single < 1
        ? Double(table(single / 1024)) / 32 : Double(table(single))
    }
    let cuts = table.cuts
    var plainly = document.request
    plainly.objective = .meanSquare
    let plain = ErrorQuadrature(of: plainly, on: domain, cuts: cuts, input: input, value: value)
    maximum = plain.maximumError
    meanSquare = plain.meanSquaredError
    noise = table.noise(of: document.request.function)
    let objective = document.request.objective
    let own =
      objective.isRelative
      ? ErrorQuadrature(
        of: document.request, on: domain, cuts: cuts, input: input, value: value) : plain
    objectiveMaximum = objective.isMaximum ? own.weightedMaximumError : own.maximumError
    objectiveMeanSquare = own.meanSquaredError
    let divisor = objective.isRelative ? document.certificate?.relativeFloor ?? 1 : 1
    objectiveNoise = noise / max(divisor, .leastNormalMagnitude)
  }
}

extension LookupTable {
  /// Parts of an entry, so that a curve between its ends is seen.
  private static let partsOfEntry = 16

  /// Where the table bends or jumps, in any order.
  fileprivate var cuts: [Double] {
    let (lower, upper) = (Double(lowerBound), Double(upperBound))
    let inner = arithmetic.realBreakpoints.filter { lower < $0 && $0 < upper }
    let ends = [lower] + inner + [upper]
    var cuts = inner
    for (start, end) in zip(ends, ends.dropFirst()) where start < end {
      cuts += (1..<Self.partsOfEntry).map {
        start + (end - start) * (Double($0) / Double(Self.partsOfEntry))
      }
    }
    if isNonNegative {
      // A result below 0 becomes 0 from there.
      cuts += zip(arithmetic.realSlopes, arithmetic.realIntercepts).compactMap { slope, intercept in
        slope == 0 ? nil : -intercept / slope
      }
    }
    switch arithmetic {
    case .fp32: break
    case .fp16: cuts += Self.halfEdges(from: lowerBound, to: upperBound)
    case .integer(let numbers) where numbers.format != .int32:
      // Inputs between two edges are one and the same to the table.
      let step = Double(numbers.input.step)
      let edges = numbers.format.integers.map { (Double($0) + 0.5) * step }
      for edge in edges where lower < edge && edge < upper {
        cuts += [edge, Double(Float(edge).nextDown), Double(Float(edge).nextUp)]
      }
    case .integer: break
    }
    return cuts
  }

  /// Where the fp16 number changes that an input is rounded to.
  private static func halfEdges(from lower: Float, to upper: Float) -> [Double] {
    var edges: [Double] = []
    var half = HalfEntries.quantized(lower)
    let last = HalfEntries.quantized(upper)
    while half < last {
      let edge = 0.5 * (Double(half) + Double(half.nextUp))
      edges += [edge, Double(Float(edge).nextUp)]
      half = half.nextUp
    }
    return edges
  }

  /// By how much rounding moves an error between inputs that are next to each other.
  fileprivate func noise(of function: ApproximatedFunction) -> Double {
    let reach = max(lowerBound.magnitude, upperBound.magnitude)
    let steepest = arithmetic.realSlopes.reduce(0) { max($0, $1.magnitude) }
    let met =
      [lowerBound, upperBound].map { function(Double($0)) } + arithmetic.realIntercepts
    // The two roundings of an entry, each of half a unit in the last place of the largest number met,
    // product or sum; twice, for two inputs.
    let rounding = 0x1p-21 * met.reduce(0) { max($0, $1.magnitude) }
    switch arithmetic {
    case .fp32: return rounding
    case .fp16: return 0
    case .integer(let numbers):
      let spacing = Double(reach) * 0x1p-23
      return numbers.format == .int32
        ? Double(numbers.output.step) + steepest * Double(numbers.input.step) + rounding
        : steepest * spacing
    }
  }
}
