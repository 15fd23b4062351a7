/// What a task needs of the worker that runs it, beyond the code of its kind. Not part of the content
/// key: it changes where something is computed, never what.
public struct TaskRequirement: Hashable, Codable, Sendable, CustomStringConvertible {
  /// Build and class of the matrix kernels, as ``Resolution/kernels``; nil: any.
  public var kernels: String?
  /// Each `key` or `key=value`; the worker must offer all. Sorted, at most ``labelLimit``.
  public var labels: [String]
  /// `0...16_777_216`.
  public var memoryMiB: Int

  public static let labelLimit = 32
  public static let memoryLimitMiB = 16 << 20

  public init(kernels: String? = nil, labels: [String] = [], memoryMiB: Int = 0) {
    self.kernels = kernels
    self.labels = Set(labels).sorted()
    self.memoryMiB = memoryMiB
  }

  public var isEmpty: Bool { kernels == nil && labels.isEmpty && memoryMiB == 0 }

  /// As people write it: `tool=yosys, memory 8192 MiB`.
  public var description: String {
    (labels + (memoryMiB > 0 ? ["memory \(memoryMiB) MiB"] : [])
      + (kernels.map { ["kernels '\($0)'"] } ?? [])).joined(separator: ", ")
  }

  /// With the kernels that the task's parameters pin.
  public func of(_ parameters: TaskParameters) -> TaskRequirement {
    var requirement = self
    switch parameters {
    case .collect(let parameters): requirement.kernels = parameters.kernels
    case .sensitivity(let parameters): requirement.kernels = parameters.kernels
    case .assign(let parameters): requirement.kernels = parameters.kernels
    case .evaluate(let parameters): requirement.kernels = parameters.kernels
    case .resolve, .merge, .train, .chosen, .score, .hardware, .publish: break
    }
    return requirement
  }

  /// Why a text is no label; nil when it is one.
  public static func problem(label: String) -> String? {
    let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let isKnownByItself = ["kernels", "memory"].contains(parts.first ?? "")
    if isKnownByItself { return "'\(label.prefix(80))': \(parts[0]) is told in its own way" }
    let isPlain = label.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || "-_./+:=".utf8.contains($0)
    }
    guard isPlain, (1...100).contains(label.utf8.count), parts.allSatisfy({ !$0.isEmpty }) else {
      return "'\(label.prefix(80))' is no label; write KEY or KEY=VALUE, at most 100 of a–z, A–Z, "
        + "0–9 and -_./+:"
    }
    return nil
  }
}

/// How a job is treated beside others; none of it changes what it computes.
public struct JobScheduling: Hashable, Codable, Sendable {
  /// Larger goes first; `-100...100`.
  public var priority: Int
  /// Its share among jobs of its priority; `0.01...100`.
  public var weight: Double
  /// What workers must offer, by kind.
  public var requirements: [TaskKind: TaskRequirement]

  public static let priorities = -100...100
  public static let weights = 0.01...100.0

  public init(
    priority: Int = 0, weight: Double = 1, requirements: [TaskKind: TaskRequirement] = [:]
  ) {
    self.priority = priority
    self.weight = weight
    self.requirements = requirements
  }
}
