import Approximation

/// Runs something so many times; the last result and the median time in milliseconds.
func timed<Result>(_ repetitions: Int, _ body: () throws -> Result) rethrows -> (Result, Double) {
  var times: [Double] = []
  var result: Result
  let clock = ContinuousClock()
  repeat {
    let start = clock.now
    result = try body()
    times.append((clock.now - start) / .milliseconds(1))
  } while times.count < repetitions
  return (result, times.sorted()[times.count / 2])
}

extension FitRequest {
  /// How long the fit itself takes, and, once, its result with the certificate.
  func measured(repetitions: Int) throws -> (FittedTable, milliseconds: Double) {
    var bare = self
    bare.wantsCertificate = false
    let (_, milliseconds) = try timed(repetitions) { try bare.fit { _ in } }
    return (try fit { _ in }, milliseconds)
  }
}
