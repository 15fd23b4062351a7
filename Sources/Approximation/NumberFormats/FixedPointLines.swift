import LookupTables

/// All lines of a ``CoefficientGrid`` over its inputs.
struct FixedPointLines: GridLineBank {
  private let inputs: [Double]
  private let targets: [Double]
  private let unit: Double
  /// The grid's smallest integer: index i of the bank is the coefficient (smallest + i) · unit.
  private let smallest: Int
  private let outputStep: Double?
  private let isSquared: Bool
  private let floors: [Double]

  let slopeCount: Int
  var interceptCount: Int { slopeCount }
  var pointCount: Int { inputs.count }

  /// - Parameter isSquared: Costs are squared errors; else magnitudes.
  init(
    grid: CoefficientGrid, inputs: [Double], targets: [Double], outputStep: Double?,
    isSquared: Bool
  ) {
    self.inputs = inputs
    self.targets = targets
    unit = grid.unit
    slopeCount = 1 << grid.bits
    let smallest = -(1 << (grid.bits - 1))
    self.smallest = smallest
    self.outputStep = outputStep
    self.isSquared = isSquared
    floors = targets.map { target in
      guard let outputStep else { return 0 }
      let error = Self.rounded(target, to: outputStep, smallest: smallest) - target
      return isSquared ? error * error : error.magnitude
    }
  }

  /// Rounded half up and saturated, as an integer table rounds.
  private static func rounded(_ value: Double, to step: Double, smallest: Int) -> Double {
    let units = (value / step + 0.5).rounded(.down)
    return min(max(units, Double(smallest)), Double(-1 - smallest)) * step
  }

  private func coefficient(_ index: Int) -> Double { Double(smallest + index) * unit }

  private func value(slope: Int, intercept: Int, point: Int) -> Double {
    let exact = coefficient(slope) * inputs[point] + coefficient(intercept)
    guard let outputStep else { return exact }
    return Self.rounded(exact, to: outputStep, smallest: smallest)
  }

  func floor(at point: Int) -> Double { floors[point] }

  func cost(slope: Int, intercept: Int, point: Int) -> Double {
    let error = value(slope: slope, intercept: intercept, point: point) - targets[point]
    return isSquared ? error * error : error.magnitude
  }

  /// The real values between which a line passes at the point.
  func window(at point: Int, limit: Double) -> ClosedRange<Double> {
    let target = targets[point]
    // A part in 2^40 covers the root's and the sum's rounding.
    let reach =
      (isSquared ? max(0, limit).squareRoot() : max(0, limit)) * (1 + 0x1p-40)
      + target.magnitude * 0x1p-40 + 0x1p-200
    guard let outputStep else { return (target - reach)...(target + reach) }
    // A saturated output stands for all values beyond it.
    let least = Double(smallest) * outputStep
    let largest = Double(-1 - smallest) * outputStep
    let lower = target - reach - outputStep
    let upper = target + reach + outputStep
    return (lower <= least ? -.infinity : lower)...(upper >= largest ? .infinity : upper)
  }

  func candidates(slope: Int, point: Int, window: ClosedRange<Double>) -> Range<Int> {
    let part = coefficient(slope) * inputs[point]
    let first = ((window.lowerBound - part) / unit).rounded(.down) - Double(smallest)
    let last = ((window.upperBound - part) / unit).rounded(.up) - Double(smallest)
    guard first < Double(interceptCount), last >= 0 else { return 0..<0 }
    return Int(max(0, first))..<(Int(min(Double(interceptCount - 1), last)) + 1)
  }

  /// Above what any table can cost.
  var largestError: Double {
    // |m·x + c| and |f|, each doubled.
    let reach = inputs.reduce(1) { max($0, $1.magnitude) } * coefficient(0).magnitude
    return 4 * (reach + targets.reduce(0) { max($0, $1.magnitude) } + (outputStep ?? 0) * 4096)
  }

  /// Above what the squared errors of any table can add up to.
  var largestTotal: Double { Double(pointCount) * largestError * largestError }

  /// The table of a solution's lines.
  func fit(_ pieces: [GridLinePiece], entries: Int) throws -> GridFit {
    var squares = 0.0
    var largest = 0.0
    var floor = 0.0
    var index = 0
    for point in 0..<pointCount {
      while index + 1 < pieces.count, pieces[index + 1].start <= point { index += 1 }
      let piece = pieces[index]
      let error =
        value(slope: piece.slope, intercept: piece.intercept, point: point) - targets[point]
      squares += error * error
      largest = max(largest, error.magnitude)
      if let outputStep {
        let error =
          Self.rounded(targets[point], to: outputStep, smallest: smallest) - targets[point]
        floor += error * error
      }
    }
    let beyond = 2 * inputs[pointCount - 1] - inputs[pointCount - 2]
    let padded = pieces + Array(repeating: pieces[pieces.count - 1], count: entries - pieces.count)
    let cuts = padded.indices.dropFirst().map { index in
      index < pieces.count ? inputs[pieces[index].start] : beyond
    }
    return GridFit(
      piecewise: try PiecewiseLinear(
        breakpoints: cuts, slopes: padded.map { coefficient($0.slope) },
        intercepts: padded.map { coefficient($0.intercept) }),
      meanSquaredError: squares / Double(pointCount), maximumError: largest,
      roundingFloor: floor / Double(pointCount))
  }
}
