/// A pattern in the part of Oniguruma's syntax that tokenizers use. It is run on all its ways at
/// once, in order of preference, so that a match takes no longer than its text's length times the
/// pattern's. Where a match is known, a longer one that is preferred to it is looked for over at
/// most `maximumOutlook` bytes that belong to neither, so that a text's matches together take time
/// in proportion too.
///
/// Literals, `.`, `[…]` with ranges and `^`, `\s \S \d \D \w \W`, `\p{…}` of general categories,
/// escapes, `|`, `(…)`, `(?:…)`, `(?i:…)` over ASCII, `? * + {n,m}` and their lazy forms, and a
/// look-ahead at one scalar, `(?=…)` or `(?!…)`. What may match nothing at all is refused.
struct RegularExpression: Sendable {
  /// What is wrong with, or not supported of, a pattern.
  struct Failure: Error {
    var problem: String
  }

  enum Step: Sendable {
    case scalar(ScalarSet)
    /// Goes on at both places, with preference for the first.
    case split(Int, Int)
    case jump(Int)
    /// The next scalar, if any, is (or is not) in the set.
    case lookAhead(ScalarSet, isNegated: Bool)
    case found
  }

  private static let maximumOutlook = 4096

  private let steps: [Step]

  init(_ pattern: String) throws {
    guard pattern.utf8.count <= TextPattern.maximumLength else {
      throw Failure(problem: "it has more than \(TextPattern.maximumLength) bytes")
    }
    steps = try RegularExpressionCompiler.compile(RegularExpressionParser.parse(pattern))
  }

  /// A way through the pattern: the next step, and where its match begins.
  private struct Way {
    var step: Int
    var start: Int
  }

  /// Ways in order of preference, each step once.
  private struct Ways {
    var list: [Way] = []
    /// The round in which a step was last added.
    var rounds: [Int]
  }

  func matches(in text: Span<UInt8>, _ range: Range<Int>, _ matches: inout [Range<Int>]) {
    var now = Ways(rounds: Array(repeating: -1, count: steps.count))
    var next = now
    var position = range.lowerBound
    var round = 0
    while position < range.upperBound {
      guard let match = find(in: text, position..<range.upperBound, &now, &next, &round) else {
        return
      }
      matches.append(match)
      position = match.upperBound
    }
  }

  /// The first match that begins in `range`.
  private func find(
    in text: Span<UInt8>, _ range: Range<Int>, _ now: inout Ways, _ next: inout Ways,
    _ round: inout Int
  ) -> Range<Int>? {
    var best: Range<Int>?
    var position = range.lowerBound
    now.list.removeAll(keepingCapacity: true)
    round += 1
    while true {
      let ahead: (scalar: UInt32, next: Int)? =
        position < range.upperBound ? UTF8Scalars.scalar(in: text, at: position) : nil
      if best == nil { add(Way(step: 0, start: position), ahead?.scalar, &now, round) }
      next.list.removeAll(keepingCapacity: true)
      round += 1
      // What is ahead of the next place, for the steps that look there.
      let beyond =
        ahead.flatMap {
          $0.next < range.upperBound ? UTF8Scalars.scalar(in: text, at: $0.next) : nil
        }
      for way in now.list {
        if case .found = steps[way.step] {
          best = way.start..<position
          break
        }
        if case .scalar(let set) = steps[way.step], let ahead, set.contains(ahead.scalar) {
          add(Way(step: way.step + 1, start: way.start), beyond?.scalar, &next, round)
        }
      }
      swap(&now, &next)
      guard let ahead else { return best }
      if let best, now.list.isEmpty || position - best.upperBound > Self.maximumOutlook {
        return best
      }
      position = ahead.next
    }
  }

  /// Adds a way and what follows from it without a scalar.
  private func add(_ way: Way, _ ahead: UInt32?, _ ways: inout Ways, _ round: Int) {
    var waiting = [way.step]
    while let step = waiting.popLast() {
      guard ways.rounds[step] != round else { continue }
      ways.rounds[step] = round
      switch steps[step] {
      case .scalar, .found: ways.list.append(Way(step: step, start: way.start))
      case .jump(let target): waiting.append(target)
      case .split(let first, let second):
        waiting.append(second)
        waiting.append(first)
      case .lookAhead(let set, let isNegated):
        if (ahead.map(set.contains) ?? false) != isNegated { waiting.append(step + 1) }
      }
    }
  }
}

/// Turns a parsed pattern into steps.
struct RegularExpressionCompiler {
  /// More are refused.
  private static let maximumSteps = 4096

  private var steps: [RegularExpression.Step] = []

  static func compile(_ node: RegularExpressionParser.Node) throws -> [RegularExpression.Step] {
    guard !node.matchesNothing else {
      throw RegularExpression.Failure(problem: "it can match nothing at all")
    }
    var compiler = RegularExpressionCompiler()
    try compiler.append(node)
    try compiler.append(.found)
    return compiler.steps
  }

  private mutating func append(_ step: RegularExpression.Step) throws {
    guard steps.count < Self.maximumSteps else {
      throw RegularExpression.Failure(problem: "it needs more than \(Self.maximumSteps) steps")
    }
    steps.append(step)
  }

  private mutating func append(_ node: RegularExpressionParser.Node) throws {
    switch node {
    case .scalar(let set): try append(RegularExpression.Step.scalar(set))
    case .lookAhead(let set, let isNegated):
      try append(RegularExpression.Step.lookAhead(set, isNegated: isNegated))
    case .sequence(let parts): for part in parts { try append(part) }
    case .choice(let parts):
      var ends: [Int] = []
      for part in parts.dropLast() {
        let split = steps.count
        try append(.split(split + 1, 0))
        try append(part)
        ends.append(steps.count)
        try append(.jump(0))
        steps[split] = .split(split + 1, steps.count)
      }
      if let last = parts.last { try append(last) }
      for end in ends { steps[end] = .jump(steps.count) }
    case .repetition(let part, let minimum, let maximum, let isLazy):
      for _ in 0..<minimum { try append(part) }
      if let maximum {
        var splits: [Int] = []
        for _ in minimum..<maximum {
          splits.append(steps.count)
          try append(.split(0, 0))
          try append(part)
        }
        for split in splits { setSplit(split, out: steps.count, isLazy) }
      } else {
        let split = steps.count
        try append(.split(0, 0))
        try append(part)
        try append(.jump(split))
        setSplit(split, out: steps.count, isLazy)
      }
    }
  }

  private mutating func setSplit(_ split: Int, out: Int, _ isLazy: Bool) {
    steps[split] = isLazy ? .split(out, split + 1) : .split(split + 1, out)
  }
}
