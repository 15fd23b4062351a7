/// A function given as samples: straight between them.
public struct SampledFunction: Hashable, Sendable {
  /// The most samples.
  public static let maximumSamples = 1_000_000

  /// At least two finite values, strictly ascending.
  public let x: [Double]
  /// As many finite values.
  public let y: [Double]

  /// - Throws: ``ApproximationError`` that names the first sample that does not fit.
  public init(x: [Double], y: [Double]) throws {
    func refuse(_ value: String, _ permitted: String) -> ApproximationError {
      .invalid(parameter: "samples", value: value, permitted: permitted)
    }
    guard x.count >= 2, x.count <= Self.maximumSamples else {
      throw refuse("of \(x.count) points", "give 2 to \(Self.maximumSamples)")
    }
    guard y.count == x.count else {
      throw refuse("of \(x.count) inputs and \(y.count) values", "give one value for each input")
    }
    for (index, (input, value)) in zip(x, y).enumerated() {
      guard input.isFinite, value.isFinite else {
        throw refuse("[\(index)] (\(input), \(value))", "numbers must be finite")
      }
      guard index == 0 || x[index - 1] < input else {
        throw refuse("[\(index)] (\(input), \(value))", "inputs must ascend strictly")
      }
    }
    self.x = x
    self.y = y
  }

  public var domain: ClosedRange<Double> { x[0]...x[x.count - 1] }

  /// Beyond the samples the outer lines go on.
  public func callAsFunction(_ input: Double) -> Double {
    let piece = piece(of: input)
    return y[piece] + slope(of: piece) * (input - x[piece])
  }

  /// At a sample the slope to its right.
  func firstDerivative(_ input: Double) -> Double { slope(of: piece(of: input)) }

  /// The change of slope over the neighbouring chords, between their middles.
  func secondDerivative(_ input: Double) -> Double {
    let piece = piece(of: input)
    let left = max(piece - 1, 0)
    let right = min(piece + 1, x.count - 2)
    guard left < right else { return 0 }
    let distance = 0.5 * (x[right + 1] + x[right] - x[left + 1] - x[left])
    return (slope(of: right) - slope(of: left)) / distance
  }

  /// The samples strictly inside a range.
  func samples(inside range: ClosedRange<Double>) -> ArraySlice<Double> {
    let start = x.firstIndex(above: range.lowerBound)
    var end = x.firstIndex(above: range.upperBound)
    if end > 0, x[end - 1] == range.upperBound { end -= 1 }
    return x[min(start, end)..<end]
  }

  /// Whether the slopes of the chords only ascend or only descend over a range.
  func isConvexOrConcave(on range: ClosedRange<Double>) -> Bool {
    let slopes = (piece(of: range.lowerBound)...piece(of: range.upperBound.nextDown))
      .map(slope(of:))
    let pairs = zip(slopes, slopes.dropFirst())
    return pairs.allSatisfy { $0 <= $1 } || pairs.allSatisfy { $0 >= $1 }
  }

  /// The sample that begins the chord which serves an input: the chord to the right of a sample,
  /// the outer chords beyond the outer samples.
  private func piece(of input: Double) -> Int {
    min(max(x.firstIndex(above: input) - 1, 0), x.count - 2)
  }

  private func slope(of piece: Int) -> Double {
    (y[piece + 1] - y[piece]) / (x[piece + 1] - x[piece])
  }
}
