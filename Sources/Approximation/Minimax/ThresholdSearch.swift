/// The least error at which something becomes possible, by bisection.
struct ThresholdSearch {
  /// The largest error known to be too small; 0 when none is above the noise.
  private(set) var impossible: Double
  /// The least error known to suffice.
  private(set) var possible: Double

  /// - Parameters:
  ///   - guess: Positive; where to look first.
  ///   - spread: By what share of the guess to look next.
  ///   - noise: Errors below it are not told apart from 0.
  ///   - precision: The relative width at which the search ends.
  ///   - isPossible: Stays true for larger errors once true.
  /// - Returns: nil when nothing up to 2^120 guesses suffices.
  init?(
    guess: Double, spread: Double = 0.25, noise: Double, precision: Double = 1e-9,
    isPossible: (Double) throws -> Bool
  ) rethrows {
    impossible = 0
    possible = max(guess, noise)
    if try isPossible(possible) {
      var factor = 1 - spread
      while impossible == 0, possible > noise {
        let candidate = max(noise, possible * factor)
        if try isPossible(candidate) { possible = candidate } else { impossible = candidate }
        factor *= factor
      }
      guard impossible > 0 else { return }
    } else {
      var factor = 1 + spread
      repeat {
        impossible = possible
        possible *= factor
        factor = min(factor * factor, 0x1p20)
        guard possible <= 0x1p120 * max(guess, noise), possible.isFinite else { return nil }
      } while try !isPossible(possible)
    }
    while possible - impossible > precision * possible {
      let middle = 0.5 * (impossible + possible)
      guard middle > impossible, middle < possible else { break }
      if try isPossible(middle) { possible = middle } else { impossible = middle }
    }
  }
}
