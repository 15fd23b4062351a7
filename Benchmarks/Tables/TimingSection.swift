import Approximation
import LookupTables

/// Time for 16 entries weighted by a histogram of 1 000 occupied bfloat16 buckets, one core.
struct TimingSection {
  func run() throws -> String {
    var table = MarkdownTable(["function", "approximator", "buckets", "ms", "certificate ms"])
    for (function, start, octaves, sign) in [
      (NonlinearFunction.exp, 0x1p-4, 8, -1.0), (.reciprocal, 1, 8, 1), (.rsqrt, 0x1p-5, 8, 1),
      (.gelu, 0x1p-6, 8, 0),
    ] {
      let buckets = Self.buckets(from: start, octaves: octaves, sign: sign)
      let lower = buckets[0].lower
      let upper = buckets[buckets.count - 1].upper
      for (label, approximator, continuity, objective) in [
        ("optimal, any", Approximator.optimal, Continuity.discontinuous, Objective.meanSquare),
        ("optimal", .optimal, .continuous, .meanSquare),
        ("optimal max, any", .optimal, .discontinuous, .maximum),
        ("optimal max", .optimal, .continuous, .maximum),
        ("nn-lut refined", .nnLUT(.refined), .continuous, .meanSquare),
      ] {
        let request = FitRequest(
          function: function, approximator: approximator, entries: 16, format: .fp32,
          domain: lower...upper, weights: objective.isMaximum ? nil : buckets, seed: 1,
          objective: objective, continuity: continuity)
        var bare = request
        bare.wantsCertificate = false
        let (_, fit) = try timed(7) { try bare.fit { _ in } }
        let (_, whole) = try timed(3) { try request.fit { _ in } }
        table.add([
          function.rawValue, label, "\(buckets.count)", significant(fit),
          significant(max(0, whole - fit)),
        ])
      }
    }
    return table.printed()
  }

  /// Masses over magnitudes as calibration delivers them; both signs for `sign` 0.
  private static func buckets(from start: Double, octaves: Int, sign: Double)
    -> [WeightedInterval]
  {
    var state: UInt64 = 1
    var buckets: [WeightedInterval] = []
    var lower = start
    for octave in 0..<octaves {
      for step in 0..<125 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let share = Double(state >> 11) * 0x1p-53
        let from = lower * (1 + Double(step) / 128)
        let to = lower * (1 + Double(step + 1) / 128)
        let distance = Double(octave) - 3
        let isMirrored = sign < 0 || (sign == 0 && step % 2 == 0)
        buckets.append(
          WeightedInterval(
            lower: isMirrored ? -to : from, upper: isMirrored ? -from : to,
            weight: share / (1 + distance * distance * distance * distance)))
      }
      lower *= 2
    }
    return buckets.sorted { $0.lower < $1.lower }
  }
}
