import Foundation
import Models
import Transformers

/// Seconds of CPU time that this process has used.
func processSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func cpuSeconds(_ body: () throws -> Void) rethrows -> Double {
  let start = processSeconds()
  try body()
  return processSeconds() - start
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}

/// Two ways of doing the same work, taking turns; each one's median CPU seconds.
func takingTurns(
  _ rounds: Int, _ first: () throws -> Double, _ second: () throws -> Double
) rethrows -> (first: Double, second: Double) {
  // Once for warmth.
  _ = try first()
  _ = try second()
  var times: (first: [Double], second: [Double]) = ([], [])
  for _ in 0..<rounds {
    times.first.append(try first())
    times.second.append(try second())
  }
  return (median(times.first), median(times.second))
}

extension TextModel {
  /// CPU seconds of the exact model over sequences of tokens, and the sum of |hidden states|.
  func run(
    _ tokens: [[Int32]], _ nonlinearities: Nonlinearities? = nil,
    recorder: (any ActivationRecorder)? = nil
  ) throws -> (seconds: Double, sum: Double) {
    var sum = 0.0
    var states: [[Float]] = []
    let seconds = try cpuSeconds {
      states = try hiddenStates(
        tokens: tokens, nonlinearities: nonlinearities ?? .exact(description), recorder: recorder)
    }
    for state in states { for value in state { sum += Double(abs(value)) } }
    return (seconds, sum)
  }
}

func fixed(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }
