import LookupTables

/// The best int8 table of a problem.
///
/// Between two given scales and with given shifts r and s the table is exact: ``GridLineProgramme``
/// over all 256 inputs and all 256 · 256 lines in the format's own arithmetic. The shifts are tried
/// around those with which the function's slopes and tangents just fit, all four combinations; the
/// scales from those on that just hold domain and results: powers of two one after the other, free
/// steps as a descent for a table of eight entries visits them. The scales tried do not depend on
/// the number of entries; so more entries are never worse.
struct ByteSearch {
  struct Solution {
    var entries: IntegerEntries
    /// In the objective's unit, over the domain.
    var error: Double
    /// What no table between these scales and with the shifts tried goes below.
    var bound: Double
  }

  private let problem: FitProblem
  private let pieces: Int
  /// Values that a result must meet exactly.
  private let exactAnchors: [Double]
  /// The function on the domain's grid and the constants outside.
  private let smallestValue: Double
  private let largestValue: Double
  private let steepest: Double
  /// The largest |f(x) − f′(x)·x|.
  private let furthestIntercept: Double
  private(set) var best: Solution?
  private(set) var tried: [(input: IntegerScale, output: IntegerScale)] = []
  private var cells: (input: IntegerScale, cells: ByteCells)?

  init(problem: FitProblem, entries: Int) {
    self.problem = problem
    pieces = entries
    exactAnchors = problem.function.anchors.map { problem.function($0) }
    var smallest = Double.infinity
    var largest = -Double.infinity
    var steepest = 0.0
    var intercept = 0.0
    for x in problem.grid(isFine: false).edges {
      let value = problem.function(x)
      let slope = problem.function.firstDerivative(x)
      smallest = min(smallest, value)
      largest = max(largest, value)
      guard slope.isFinite else { continue }
      steepest = max(steepest, slope.magnitude)
      intercept = max(intercept, (value - slope * x).magnitude)
    }
    for case .constant(let constant) in [problem.tails.left, problem.tails.right] {
      smallest = min(smallest, Double(constant))
      largest = max(largest, Double(constant))
    }
    smallestValue = smallest
    largestValue = largest
    self.steepest = steepest
    furthestIntercept = intercept
  }

  /// The smallest steps with which nothing saturates.
  private var widestInput: Double { max(-problem.lower / 128, problem.upper / 127, 0x1p-100) }
  private var widestOutput: Double { max(-smallestValue / 128, largestValue / 127, 0x1p-100) }

  mutating func run(scales: IntegerScales) throws {
    if scales == .free {
      var scout = ByteSearch(problem: problem, entries: 8)
      try scout.descend()
      // The last are about the best.
      for (input, output) in scout.tried.reversed() { try include(input: input, output: output) }
    }
    try tryPowers()
  }

  /// Powers of two, from the widest that are needed on.
  private mutating func tryPowers() throws {
    // Half a step beyond the largest integer still rounds to it.
    let inputBits = Self.fractionBits(of: widestInput * 127 / 127.5)
    let outputBits = Self.fractionBits(of: widestOutput * 127 / 127.5)
    var least = Double.infinity
    for number in 0..<(problem.objective.isRelative ? Self.mostSteps : 2) {
      guard let output = try? IntegerScale(fractionBits: outputBits + number) else { continue }
      var floor = Double.infinity
      try refineInput { number in
        guard let input = try? IntegerScale(fractionBits: inputBits + number) else { return nil }
        let found = try include(input: input, output: output)
        floor = min(floor, found ?? .infinity)
        return found
      }
      // Where relative errors count, small results can be worth it that large ones saturate far.
      least = min(least, floor)
      guard floor <= 3 * least else { return }
    }
  }

  /// Free steps: inputs and outputs are made to saturate further and further as long as that
  /// helps.
  private mutating func descend() throws {
    var input = 1.0
    var output = 1.0
    _ = try improves(inputShare: input, outputShare: output)
    for reach in [0.8, 0.9, 0.95, 0.98] {
      // The input first: its rounding costs most.
      while try improves(inputShare: input * reach, outputShare: output) { input *= reach }
      while try improves(inputShare: input / reach, outputShare: output) { input /= reach }
      while try improves(inputShare: input, outputShare: output * reach) { output *= reach }
      while try improves(inputShare: input, outputShare: output / reach) { output /= reach }
    }
  }

  private mutating func improves(inputShare: Double, outputShare: Double) throws -> Bool {
    guard (0x1p-8...1.25).contains(inputShare), (0x1p-8...1.25).contains(outputShare) else {
      return false
    }
    var output = widestOutput * outputShare
    // A result that must be exact is a multiple of the step.
    if let anchor = problem.anchors.first(where: { $0.y > 0 && exactAnchors.contains($0.y) }) {
      output = anchor.y / (anchor.y / output * (1 + 0x1p-40)).rounded(.down)
    }
    let before = best?.bound
    try include(
      input: IntegerScale(step: Float(widestInput * inputShare)),
      output: IntegerScale(step: Float(output)))
    return best?.bound != before
  }

  /// Of one power of two each.
  private static let mostSteps = 12

  /// Makes the input step smaller, a few times at most, until saturation costs far more than
  /// rounding, whatever the lines.
  /// - Parameter attempt: Tries the step of that number; returns what the scales cost at least, nil
  ///   when they cannot hold the anchors.
  private func refineInput(_ attempt: (Int) throws -> Double?) rethrows {
    var least = Double.infinity
    for number in 0..<Self.mostSteps {
      guard let floor = try attempt(number), floor <= 3 * least else { return }
      least = min(least, floor)
    }
  }

  /// The most bits n with 2^−n at least the step.
  private static func fractionBits(of step: Double) -> Int {
    let exponent = Int(step.exponent)
    return step.significand == 1 ? -exponent : -exponent - 1
  }

  /// Whether the constants outside the domain fit 8 bits in steps of the output.
  private func holdsConstants(_ output: IntegerScale) -> Bool {
    [problem.tails.left, problem.tails.right].allSatisfy { tail in
      guard case .constant(let constant) = tail else { return true }
      return (-128...127).contains((constant / output.step).rounded(.toNearestOrEven))
    }
  }

  /// Keeps the best table between two scales if it is the best so far; returns what they cost at
  /// least, nil when they cannot hold the anchors.
  @discardableResult
  private mutating func include(input: IntegerScale, output: IntegerScale) throws -> Double? {
    guard holdsConstants(output) else { return nil }
    tried.append((input, output))
    if cells?.input != input { cells = (input, ByteCells(of: problem, input: input)) }
    guard let cells = cells?.cells,
      let costs = cells.costs(output: output, exactAnchors: exactAnchors)
    else { return nil }
    let merging: CostMerging = cells.isMaximum ? .maximum : .sum
    var floor = 0.0
    for offset in Self.offsets {
      let (resultShift, interceptShift) = shifts(input: input, output: output, offset: offset)
      let bank = ByteLines(
        firstInput: cells.cells[0].q, costs: costs, interceptShift: interceptShift,
        resultShift: resultShift)
      let programme = GridLineProgramme(bank: bank, merging: merging)
      floor = programme.lowerBound
      let ceiling = best.map { $0.bound * (1 - 0x1p-30) } ?? bank.ceiling(merging: merging)
      // A better table than the best so far, or else a first one.
      let guess = best == nil ? floor + ceiling * 0x1p-14 : ceiling
      guard let solution = programme.solve(pieces: pieces, guess: guess, ceiling: ceiling) else {
        continue
      }
      best = Solution(
        entries: try bank.entries(solution.pieces, count: pieces, input: input, output: output),
        error: inside(bank, solution.pieces, cells: cells), bound: solution.cost)
    }
    return floor
  }

  /// What a table of any int8 numbers costs, over the domain; nil when it misses an anchor.
  func error(of entries: IntegerEntries) -> Double? {
    let cells = ByteCells(of: problem, input: entries.input)
    guard let costs = cells.costs(output: entries.output, exactAnchors: exactAnchors) else {
      return nil
    }
    var sum = 0.0
    for (index, cell) in cells.cells.enumerated() where cell.isInside {
      let cost = costs[256 * index + Int(entries.value(at: Int32(cell.q))) + 128]
      sum = cells.isMaximum ? max(sum, cost) : sum + cost
    }
    return sum.isFinite ? sum : nil
  }

  /// What the points inside the domain cost.
  private func inside(_ bank: ByteLines, _ pieces: [GridLinePiece], cells: ByteCells) -> Double {
    var sum = 0.0
    for (index, piece) in pieces.enumerated() {
      let end = index + 1 < pieces.count ? pieces[index + 1].start : bank.pointCount
      for point in piece.start..<end where cells.cells[point].isInside {
        let cost = bank.cost(slope: piece.slope, intercept: piece.intercept, point: point)
        sum = cells.isMaximum ? max(sum, cost) : sum + cost
      }
    }
    return sum
  }

  /// Beside the largest r with which the steepest tangent fits 8 bits, and the smallest s with which
  /// the furthest intercept does.
  private struct ShiftOffset {
    var result = 0
    var intercept = 0
  }

  /// The most promising first: a good table early is a low ceiling for all others. Smaller r and
  /// larger s were tried too, on five functions and 3 to 16 entries, and were never better.
  private static let offsets = [
    ShiftOffset(), ShiftOffset(intercept: -1), ShiftOffset(result: 1),
    ShiftOffset(result: 1, intercept: -1),
  ]

  /// r and s.
  private func shifts(input: IntegerScale, output: IntegerScale, offset: ShiftOffset) -> (Int, Int)
  {
    let slope = max(steepest * Double(input.step) / Double(output.step), 0x1p-20)
    let intercept = max(furthestIntercept / Double(output.step), 0x1p-20)
    let result = min(26, max(1, Self.fractionBits(of: slope / 127) + offset.result))
    let least = result - Self.fractionBits(of: intercept / 127)
    return (result, min(26, max(0, least + offset.intercept)))
  }
}

extension FitProblem {
  /// Where cells meet is known to float32's precision.
  private static let cellPrecision = 1e-5

  /// What no int8 table of so many entries between the scales and with the shifts of the given one
  /// goes below, in the objective's unit, over the domain: the exact programme over all inputs and
  /// all lines, under this problem's anchors.
  ///
  /// The first cells and the last hold all inputs of the domain that saturate. nil when no such
  /// table meets the anchors.
  func exhaustiveBound(like entries: IntegerEntries) -> ProvenBound? {
    let cells = ByteCells(of: self, input: entries.input, reachesOutside: false)
    let exactAnchors = function.anchors.map { function($0) }
    guard entries.format == .int8, max(entries.interceptShift, entries.resultShift) <= 40,
      let costs = cells.costs(output: entries.output, exactAnchors: exactAnchors)
    else { return nil }
    let bank = ByteLines(
      firstInput: cells.cells[0].q, costs: costs, interceptShift: entries.interceptShift,
      resultShift: entries.resultShift)
    let merging: CostMerging = cells.isMaximum ? .maximum : .sum
    let programme = GridLineProgramme(bank: bank, merging: merging)
    let ceiling = bank.ceiling(merging: merging)
    return programme.solve(
      pieces: entries.slopes.count, guess: programme.lowerBound + ceiling * 0x1p-14,
      ceiling: ceiling
    ).map { ProvenBound(value: $0.cost * (1 - Self.cellPrecision), witness: .exhaustive) }
  }
}
