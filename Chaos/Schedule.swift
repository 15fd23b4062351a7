import Foundation

/// What a seed stands for: workload, size and faults. The same seed gives the same schedule.
struct Schedule: Sendable, CustomStringConvertible {
  enum Workload: String, Sendable, CaseIterable {
    case tiny, real
  }

  struct Step: Sendable {
    var at: Duration
    var fault: Fault
  }

  var seed: UInt64
  var workload: Workload
  var workers: Int
  var leaseSeconds: Int
  /// Table sizes of each job; jobs 0 and 1 share their sources.
  var jobs: [[Int]]
  var steps: [Step]
  var needsSmallDisks = false

  static let coordinators = 2

  /// - Parameters:
  ///   - scale: Size of tiny jobs; 1 is the long form's.
  ///   - abilities: What this machine lets us do.
  init(seed: UInt64, workload: Workload?, scale: Double, abilities: Abilities) {
    var random = SeededGenerator(seed: seed)
    self.seed = seed
    let drawn: Workload = random.below(5) == 0 ? .real : .tiny
    self.workload = workload ?? drawn
    workers = self.workload == .real ? 3 : 3 + random.below(3)
    leaseSeconds = 2 + random.below(3)
    switch self.workload {
    case .tiny:
      let most = max(2, Int(30 * scale))
      let first = Array(2..<(2 + most / 2 + random.below(max(1, most / 2))))
      let second = Array(first.suffix(max(1, first.count / 2))) + Array(50..<(50 + most / 5))
      jobs = [first, second, Array(2..<(3 + random.below(max(1, most / 4))))]
    case .real:
      jobs = [[]]
    }
    let span = self.workload == .real ? 7000 : Int(2500 + 4000 * min(scale, 1))
    let count = 3 + random.below(scale < 0.5 ? 3 : 6)
    steps = []
    for _ in 0..<count {
      let at = random.duration(100...span)
      steps.append(
        Step(
          at: at,
          fault: Self.fault(
            &random, workers: workers, jobs: jobs.count,
            stretch: min(1, 0.4 + 0.6 * scale), abilities)))
    }
    steps.sort { $0.at < $1.at }
    needsSmallDisks = steps.contains {
      switch $0.fault {
      case .fillWorkerDisk, .fillStoreDisk: true
      default: false
      }
    }
  }

  private static func fault(
    _ random: inout SeededGenerator, workers: Int, jobs: Int, stretch: Double,
    _ abilities: Abilities
  ) -> Fault {
    let worker = random.below(workers)
    let coordinator = random.below(coordinators)
    let directions: FaultLink.Directions = [.toServer, .toClient, .both][random.below(3)]
    let link: LinkName =
      [.worker(worker), .worker(worker), .database(coordinator), .user][random.below(4)]
    // Longer than a lease at times.
    let brief = random.duration(300...2500, times: stretch)
    let long = random.duration(1500...7000, times: stretch)
    let isOdd = random.below(2) == 1
    let number = 1 + random.below(6)
    switch random.below(28) {
    case 0...2: return .killWorker(worker, backAfter: brief)
    case 3...5: return .freezeWorker(worker, lasting: long)
    case 6...7: return .killCoordinator(coordinator, backAfter: brief)
    case 8: return .freezeCoordinator(coordinator, lasting: long)
    case 9: return .terminateBackends(number * 3)
    case 10: return .killBackend
    case 11: return .restartServer(immediate: isOdd)
    case 12: return .exhaustConnections(lasting: brief)
    case 13: return .holdSnapshot(lasting: long)
    case 14...16: return .stall(link, directions, lasting: long, endsWithCut: isOdd)
    case 17: return .cut(link, lasting: brief)
    case 18: return .delay(link, each: .milliseconds(20 * number), lasting: long)
    case 19...20: return .dropReplies(worker: worker, number)
    case 21: return .repeatRequests(worker: worker, number)
    case 22: return .cancelAndRetry(job: random.below(jobs), after: brief)
    case 23: return .drainWorker(worker)
    case 24 where abilities.smallDisks:
      return isOdd ? .fillWorkerDisk(worker, lasting: long) : .fillStoreDisk(lasting: brief)
    case 25 where abilities.falseClocks:
      return .clockJump(worker, seconds: (isOdd ? 1 : -1) * number * 700)
    case 26: return .crashWorker(worker)
    default: return .killWorker(worker, backAfter: brief)
    }
  }

  var description: String {
    "seed \(seed): \(workload.rawValue), \(workers) workers, lease \(leaseSeconds) s, "
      + steps.map { "\(Int($0.at.seconds * 1000)) ms \($0.fault)" }.joined(separator: "; ")
  }
}

/// What this machine lets the harness do.
struct Abilities: Sendable {
  /// Mount small file systems, to fill them.
  var smallDisks: Bool
  /// Give a process a wall clock of its own: libfaketime is installed.
  var falseClocks: Bool
}
