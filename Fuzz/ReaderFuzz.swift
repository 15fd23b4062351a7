import Foundation

/// `make fuzz`: mutated inputs for every reader of outside data. A reader may refuse an input, never
/// crash, hang or take unbounded memory.
///
/// Arguments: the target's name, a seed, how many inputs, seconds after which to stop, a scratch
/// folder (in memory, if there is one), and, to replay one input, its number.
@main
struct ReaderFuzz {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == ["--list"] {
      print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
      return
    }
    guard (5...6).contains(arguments.count), let target = FuzzTarget.named(arguments[0]),
      let seed = UInt64(arguments[1]), let count = Int(arguments[2]),
      let seconds = Double(arguments[3])
    else {
      print("usage: ReaderFuzz TARGET SEED COUNT SECONDS SCRATCH [NUMBER]; targets: --list")
      exit(2)
    }
    let scratch = URL(filePath: arguments[4], directoryHint: .isDirectory)
      .appending(path: "\(target.name)-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let corpus = try target.corpus()
    let run = FuzzRun(target: target, corpus: corpus, seed: seed, scratch: scratch)
    // Seeds themselves must be accepted, or nothing behind the first check is reached.
    for (index, input) in corpus.enumerated() where !target.accepts(input, scratch) {
      print("\(target.name): its sample \(index) is refused; mend the sample")
      exit(1)
    }
    if arguments.count == 6, let number = Int(arguments[5]) {
      let input = run.input(number)
      try input.write(to: URL(filePath: "fuzz-\(target.name)-\(seed)-\(number).bin"))
      print(target.accepts(input, scratch) ? "accepted" : "refused")
      return
    }
    Watchdog.start(name: target.name, seed: seed)
    let clock = ContinuousClock()
    let start = clock.now
    var accepted = 0
    var done = 0
    while done < count, (clock.now - start) / .seconds(1) < seconds {
      Watchdog.begin(done)
      if target.accepts(run.input(done), scratch) { accepted += 1 }
      done += 1
    }
    Watchdog.stop()
    let elapsed = (clock.now - start) / .seconds(1)
    print(
      "\(target.name): \(done) of \(count) inputs, seed \(seed): \(accepted) accepted, the others "
        + "refused; \(String(format: "%.0f", elapsed)) s, peak memory \(Watchdog.peakMegabytes) MB")
  }
}

/// Input number → bytes; the same on every machine.
struct FuzzRun {
  let target: FuzzTarget
  let corpus: [Data]
  let seed: UInt64
  let scratch: URL

  func input(_ number: Int) -> Data {
    var mutator = Mutator(
      seed: seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15, words: target.words)
    let first = corpus[mutator.below(corpus.count)]
    return mutator.mutated(first, beside: corpus[mutator.below(corpus.count)])
  }
}
