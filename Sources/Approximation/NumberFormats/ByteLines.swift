import LookupTables

/// All 65 536 lines of an int8 table between two scales and with given shifts, evaluated in its own
/// arithmetic: y = sat((m·q + (c << s) + 2^(r−1)) >> r).
struct ByteLines: GridLineBank {
  /// Of the first point.
  private let firstInput: Int
  private let interceptShift: Int
  private let resultShift: Int
  /// 256 numbers a point, from y = −128 on; convex over y, or finite at one y only.
  private let costs: [Double]
  private let floors: [Double]

  let slopeCount = 256
  let interceptCount = 256
  var pointCount: Int { floors.count }

  /// The shifts must be at most 40.
  init(firstInput: Int, costs: [Double], interceptShift: Int, resultShift: Int) {
    self.firstInput = firstInput
    self.costs = costs
    self.interceptShift = interceptShift
    self.resultShift = resultShift
    floors = stride(from: 0, to: costs.count, by: 256).map { start in
      costs[start..<(start + 256)].reduce(.infinity, min)
    }
  }

  /// Above what any table of finite cost costs.
  func ceiling(merging: CostMerging) -> Double {
    var total = 0.0
    for start in stride(from: 0, to: costs.count, by: 256) {
      let largest = costs[start..<(start + 256)].reduce(0) { $1.isFinite ? max($0, $1) : $0 }
      total = merging == .sum ? total + largest : max(total, largest)
    }
    return 2 * total
  }

  func floor(at point: Int) -> Double { floors[point] }

  /// The results of the point that cost at most the limit; empty when none does.
  func window(at point: Int, limit: Double) -> Range<Int> {
    let start = 256 * point
    var first = 0
    while first < 256, costs[start + first] > limit { first += 1 }
    guard first < 256 else { return 0..<0 }
    var last = 255
    while costs[start + last] > limit { last -= 1 }
    return (first - 128)..<(last - 127)
  }

  func candidates(slope: Int, point: Int, window: Range<Int>) -> Range<Int> {
    guard !window.isEmpty else { return 0..<0 }
    let part = (slope - 128) * (firstInput + point) + (1 << (resultShift - 1))
    // y >= a where m·q + (c << s) + 2^(r−1) >= a << r; saturation lifts the outer limits.
    let least = window.lowerBound << resultShift - part
    let most = window.upperBound << resultShift - 1 - part
    let first =
      window.lowerBound == -128
      ? -128 : max(-128, (least + (1 << interceptShift) - 1) >> interceptShift)
    let last = window.upperBound == 128 ? 127 : min(127, most >> interceptShift)
    return first <= last ? (first + 128)..<(last + 129) : 0..<0
  }

  func cost(slope: Int, intercept: Int, point: Int) -> Double {
    let sum =
      (slope - 128) * (firstInput + point) + ((intercept - 128) << interceptShift)
      + (1 << (resultShift - 1))
    return costs[256 * point + min(max(sum >> resultShift, -128), 127) + 128]
  }

  /// A constant that is the best result everywhere.
  func bestLine(costing floor: Double) -> GridLinePiece? {
    let results = (0..<256).first { y in
      floors.indices.allSatisfy { costs[256 * $0 + y] <= floors[$0] }
    }
    guard let results else { return nil }
    // (c << s) >> r with a slope of 0.
    let intercept = (0..<256).first {
      cost(slope: 128, intercept: $0, point: 0) <= costs[results]
    }
    return intercept.map { GridLinePiece(start: 0, slope: 128, intercept: $0) }
  }

  /// The table's numbers; entries that are not needed repeat the last line at the largest input.
  func entries(
    _ pieces: [GridLinePiece], count: Int, input: IntegerScale, output: IntegerScale
  ) throws -> IntegerEntries {
    let padded = pieces + Array(repeating: pieces[pieces.count - 1], count: count - pieces.count)
    return try IntegerEntries(
      format: .int8,
      breakpoints: padded.indices.dropFirst().map { index in
        index < pieces.count ? Int32(firstInput + pieces[index].start) : 127
      },
      slopes: padded.map { Int32($0.slope - 128) },
      intercepts: padded.map { Int32($0.intercept - 128) }, input: input,
      interceptShift: interceptShift, resultShift: resultShift, output: output)
  }
}
