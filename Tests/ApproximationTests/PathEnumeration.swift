import LookupTables

@testable import Approximation

extension FitProblem {
  /// Whether a path of so many lines passes the segments f ± error · tolerance at the positions, the
  /// last one being y = x where the problem says so: by trying all chains of lines that go through
  /// two ends of segments, or through an end and a point of y = x. Shares nothing with the walk, and
  /// what it finds is a path.
  func isPath(within error: Double, at positions: [Double], entries: Int) -> Bool {
    PathEnumeration(self, error: error, positions: positions).isPath(
      entries: entries, endsOnIdentity: endsOnIdentity)
  }
}

private struct PathEnumeration {
  struct Line {
    var x: Double
    var y: Double
    var slope: Double
    /// y = x itself.
    var isIdentity = false

    func callAsFunction(_ x: Double) -> Double { y + slope * (x - self.x) }
  }

  private let x: [Double]
  private let lower: [Double]
  private let upper: [Double]
  private var lines: [Line] = []
  /// By line: the positions where it is inside the segment.
  private var isInside: [[Bool]] = []
  private let slack: Double

  init(_ problem: FitProblem, error: Double, positions: [Double]) {
    let bounds = positions.compactMap { x -> (x: Double, low: Double, high: Double)? in
      if let anchor = problem.anchors.first(where: { $0.x == x }) { return (x, anchor.y, anchor.y) }
      let width = error * problem.tolerance(at: x)
      return width.isFinite ? (x, problem.function(x) - width, problem.function(x) + width) : nil
    }
    x = bounds.map(\.x)
    lower = bounds.map(\.low)
    upper = bounds.map(\.high)
    slack = 1e-13 * (1 + bounds.reduce(0) { max($0, $1.low.magnitude, $1.high.magnitude) })
    var ends = bounds.map { (x: $0.x, y: $0.low) }
    ends += bounds.filter { $0.low < $0.high }.map { (x: $0.x, y: $0.high) }
    let others = ends + (problem.endsOnIdentity ? x.map { (x: $0, y: $0) } : [])
    for first in ends {
      for second in others where first.x != second.x {
        lines.append(
          Line(x: first.x, y: first.y, slope: (second.y - first.y) / (second.x - first.x)))
      }
    }
    lines.append(Line(x: 0, y: 0, slope: 1, isIdentity: true))
    isInside = lines.map { line in
      x.indices.map { line(x[$0]) >= lower[$0] - slack && line(x[$0]) <= upper[$0] + slack }
    }
  }

  /// Whether two lines meet between a position and the next one; beyond the last, anywhere.
  private func meet(_ a: Line, _ b: Line, after index: Int) -> Bool {
    guard index + 1 < x.count else { return true }
    let start = a(x[index]) - b(x[index])
    let end = a(x[index + 1]) - b(x[index + 1])
    return min(start, end) <= slack && max(start, end) >= -slack
  }

  func isPath(entries: Int, endsOnIdentity: Bool) -> Bool {
    let last = x.count - 1
    // The furthest last positions that each line can serve as the first link, and as the next ones.
    var ends = [[Bool]](repeating: Array(repeating: false, count: x.count), count: lines.count)
    // Positions up to which one link fewer gets: a link between serves none and joins any two.
    var before = [Bool](repeating: false, count: x.count)
    for line in lines.indices { serve(line, from: 0, in: &ends) }
    func isDone(_ ends: [[Bool]], links: Int) -> Bool {
      // y = x may begin behind the domain, as a link of its own.
      let spare = endsOnIdentity && links == entries
      return lines.indices.contains { line in
        ends[line][last] && (!spare || lines[line].isIdentity)
      }
    }
    if isDone(ends, links: 1) { return true }
    for links in 2...entries {
      var next = [[Bool]](repeating: Array(repeating: false, count: x.count), count: lines.count)
      for index in 0..<last {
        let reaching = lines.indices.filter { ends[$0][index] }
        for line in lines.indices where isInside[line][index + 1] {
          if before[index]
            || reaching.contains(where: { meet(lines[$0], lines[line], after: index) })
          {
            serve(line, from: index + 1, in: &next)
          }
        }
      }
      before = x.indices.map { index in lines.indices.contains { ends[$0][index] } }
      ends = next
      if isDone(ends, links: links) { return true }
    }
    return false
  }

  private func serve(_ line: Int, from start: Int, in ends: inout [[Bool]]) {
    var index = start
    while index < x.count, isInside[line][index] {
      ends[line][index] = true
      index += 1
    }
  }
}
