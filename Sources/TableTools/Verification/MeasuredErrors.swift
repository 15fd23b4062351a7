import Approximation
import LookupTables

/// A document's errors by plain midpoints: what ``TableDocument/maximumError`` and
/// ``TableDocument/meanSquaredError`` say, found in another way.
struct MeasuredErrors {
  let maximum: Double
  let meanSquare: Double

  init(_ document: TableDocument) {
    let table = document.table
    func input(_ x: Double) -> Double {
      let single = Float(x)
      return Double(table.format == .fp16 ? Float(HalfEntries.quantized(single)) : single)
    }
    func value(_ x: Double) -> Double { Double(table(Float(x))) }
    // The largest error is that of the table's inside: with a scaling, of the reduced input.
    var asked = document.request
    asked.objective = .meanSquare
    var inside = asked
    inside.weights = nil
    let lower = Double(table.lowerBound)
    let upper = Double(
      table.scaling == .exponent ? table.upperBound.nextDown : table.upperBound)
    if table.scaling != .none {
      // Below 1 the scaling paper looks inputs up elsewhere.
      let start = table.scaling == .paper ? max(1, lower) : lower
      inside.domain = min(start, upper)...upper
    }
    let quadrature = ErrorQuadrature(of: inside, input: input, value: value)
    maximum = quadrature.maximumError
    meanSquare =
      asked.weights == nil
      ? quadrature.meanSquaredError
      : ErrorQuadrature(of: asked, input: input, value: value).meanSquaredError
  }
}
