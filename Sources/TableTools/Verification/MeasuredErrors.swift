import Approximation
import LookupTables

/// A document's errors by plain midpoints: what ``TableDocument/maximumError`` and
/// ``TableDocument/meanSquaredError`` say, found in another way.
struct MeasuredErrors {
  let maximum: Double
  let meanSquare: Double
  /// By how much the rounding of float32 arithmetic moves an error between neighbouring inputs.
  let noise: Double

  init(_ document: TableDocument) {
    let table = document.table
    func input(_ x: Double) -> Double {
      let single = Float(x)
      return Double(table.format == .fp16 ? Float(HalfEntries.quantized(single)) : single)
    }
    func value(_ x: Double) -> Double { Double(table(Float(x))) }
    // Inputs below 1 meet the table at 1024 · x under the scaling paper.
    func reduced(_ u: Double) -> Double {
      table.scaling == .paper && u < 1 ? Double(table(Float(u) / 1024)) / 32 : value(u)
    }
    // The largest error is that of the table's inside: with a scaling, of the reduced input.
    var asked = document.request
    asked.objective = .meanSquare
    var inside = asked
    inside.weights = nil
    let lower = Double(table.lowerBound)
    let upper = Double(
      table.scaling == .exponent ? table.upperBound.nextDown : table.upperBound)
    if table.scaling != .none {
      inside.domain = lower...upper
    }
    let quadrature = ErrorQuadrature(of: inside, input: input, value: reduced)
    maximum = quadrature.maximumError
    noise = Self.noise(of: table, over: inside)
    meanSquare =
      asked.weights == nil
      ? quadrature.meanSquaredError
      : ErrorQuadrature(of: asked, input: input, value: value).meanSquaredError
  }

  private static func noise(of table: LookupTable, over request: FitRequest) -> Double {
    switch table.arithmetic {
    case .fp32(let numbers):
      // Four roundings at most, each of half a unit in the last place of the largest number met.
      let bounds = [request.domain.lowerBound, request.domain.upperBound]
      let met = bounds.map { request.function($0) } + numbers.intercepts.map(Double.init)
      return 0x1p-22 * met.reduce(0) { max($0, $1.magnitude) }
    case .integer(let numbers) where numbers.format == .int32:
      return Double(numbers.output.step)
    case .fp16, .integer:
      // Their inputs are so few that the largest error is found among all of them.
      return 0
    }
  }
}
