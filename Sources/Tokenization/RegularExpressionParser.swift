/// Parses the patterns that `RegularExpression` runs.
struct RegularExpressionParser {
  indirect enum Node {
    case scalar(ScalarSet)
    case lookAhead(ScalarSet, isNegated: Bool)
    case sequence([Node])
    case choice([Node])
    /// No `maximum`: without end.
    case repetition(Node, minimum: Int, maximum: Int?, isLazy: Bool)

    var matchesNothing: Bool {
      switch self {
      case .scalar: false
      case .lookAhead: true
      case .sequence(let parts): parts.allSatisfy(\.matchesNothing)
      case .choice(let parts): parts.contains(where: \.matchesNothing)
      case .repetition(let part, let minimum, _, _): minimum == 0 || part.matchesNothing
      }
    }
  }

  private typealias Failure = RegularExpression.Failure

  private static let maximumDepth = 32
  /// Of `{n,m}`.
  private static let maximumCount = 1000

  private let scalars: [UInt32]
  private var position = 0
  private var ignoresCase = false

  static func parse(_ pattern: String) throws -> Node {
    var parser = RegularExpressionParser(scalars: pattern.unicodeScalars.map(\.value))
    let node = try parser.choice(depth: 0)
    guard parser.position == parser.scalars.count else {
      throw Failure(problem: "a ) closes nothing at place \(parser.position + 1)")
    }
    return node
  }

  private init(scalars: [UInt32]) { self.scalars = scalars }

  private func peek(_ offset: Int = 0) -> UInt32? {
    position + offset < scalars.count ? scalars[position + offset] : nil
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let wanted = text.description.unicodeScalars.map(\.value)
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  private mutating func next() throws -> UInt32 {
    guard let scalar = peek() else { throw Failure(problem: "it ends early") }
    position += 1
    return scalar
  }

  private func unsupported(_ what: String) -> Failure {
    Failure(problem: "\(what) at place \(position + 1) is not supported")
  }

  private mutating func choice(depth: Int) throws -> Node {
    guard depth < Self.maximumDepth else {
      throw Failure(problem: "it is nested more than \(Self.maximumDepth) levels deep")
    }
    var parts = [try sequence(depth: depth)]
    while take("|") { parts.append(try sequence(depth: depth)) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence(depth: Int) throws -> Node {
    var parts: [Node] = []
    while let scalar = peek(), scalar != 0x7C, scalar != 0x29 {
      parts.append(try repeated(try atom(depth: depth)))
    }
    return .sequence(parts)
  }

  private mutating func repeated(_ node: Node) throws -> Node {
    var node = node
    while let (minimum, maximum) = try count() {
      let isLazy = take("?")
      if peek() == 0x2B { throw unsupported("a possessive quantifier") }
      guard !node.matchesNothing else { throw unsupported("repeating what can match nothing") }
      node = .repetition(node, minimum: minimum, maximum: maximum, isLazy: isLazy)
    }
    return node
  }

  private mutating func count() throws -> (minimum: Int, maximum: Int?)? {
    if take("?") { return (0, 1) }
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    guard take("{") else { return nil }
    let lower = number()
    var upper = lower
    let isRange = take(",")
    if isRange { upper = number() }
    guard take("}"), lower != nil || upper != nil, (lower ?? 0) <= (upper ?? .max) else {
      throw unsupported("this use of {")
    }
    guard max(lower ?? 0, upper ?? 0) <= Self.maximumCount else {
      throw Failure(problem: "it repeats something more than \(Self.maximumCount) times")
    }
    return (lower ?? 0, upper)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = peek(), (0x30...0x39).contains(digit) {
      value = min((value ?? 0) * 10 + Int(digit - 0x30), 1 << 20)
      position += 1
    }
    return value
  }

  private mutating func atom(depth: Int) throws -> Node {
    switch try next() {
    case 0x28: return try group(depth: depth)
    case 0x5B: return .scalar(try set(depth: depth))
    case 0x5C: return .scalar(try escape())
    case 0x2E: return .scalar(ScalarSet(items: [.range(10...10)], isNegated: true))
    case let scalar where [0x2A, 0x2B, 0x3F, 0x7B].contains(scalar):
      position -= 1
      throw unsupported("a quantifier of nothing")
    case let scalar where scalar == 0x5E || scalar == 0x24:
      position -= 1
      throw unsupported("an anchor")
    case let scalar: return .scalar(try literal(scalar))
    }
  }

  private func literal(_ scalar: UInt32) throws -> ScalarSet {
    guard ignoresCase else { return ScalarSet(items: [.range(scalar...scalar)]) }
    guard scalar < 0x80 else { throw unsupported("a letter beyond ASCII without case") }
    return ScalarSet(items: Self.cases(of: scalar).map { .range($0...$0) })
  }

  private static func cases(of scalar: UInt32) -> [UInt32] {
    let lower = scalar | 0x20
    guard (0x61...0x7A).contains(lower) else { return [scalar] }
    // The long s and the sign for kelvin are cases of s and k.
    return [lower, lower & ~0x20] + (lower == 0x73 ? [0x17F] : lower == 0x6B ? [0x212A] : [])
  }

  private mutating func group(depth: Int) throws -> Node {
    let outer = ignoresCase
    defer { ignoresCase = outer }
    if take("?=") || take("?!") {
      let isNegated = scalars[position - 1] == 0x21
      let node = try choice(depth: depth + 1)
      guard take(")") else { throw Failure(problem: "a ( is not closed") }
      guard let set = Self.single(node) else {
        throw unsupported("looking ahead at more than one scalar")
      }
      return .lookAhead(set, isNegated: isNegated)
    }
    if take("?i:") {
      ignoresCase = true
    } else if !take("?:"), peek() == 0x3F {
      throw unsupported("this kind of group")
    }
    let node = try choice(depth: depth + 1)
    guard take(")") else { throw Failure(problem: "a ( is not closed") }
    return node
  }

  private static func single(_ node: Node) -> ScalarSet? {
    switch node {
    case .scalar(let set): set
    case .sequence(let parts) where parts.count == 1: single(parts[0])
    default: nil
    }
  }

  private mutating func set(depth: Int) throws -> ScalarSet {
    guard depth < Self.maximumDepth else {
      throw Failure(problem: "it is nested more than \(Self.maximumDepth) levels deep")
    }
    var set = ScalarSet(items: [], isNegated: take("^"))
    repeat {
      if peek() == 0x26, peek(1) == 0x26 { throw unsupported("&&") }
      let first = try next()
      if first == 0x5B {
        if peek() == 0x3A { throw unsupported("[:") }
        set.items.append(.set(try self.set(depth: depth + 1)))
        continue
      }
      let lower = first == 0x5C ? try escape() : ScalarSet(items: [.range(first...first)])
      guard peek() == 0x2D, let second = peek(1), second != 0x5D else {
        if ignoresCase, case .range(let range)? = lower.items.first, !lower.isNegated {
          set.items.append(.set(try literal(range.lowerBound)))
        } else {
          set.items.append(.set(lower))
        }
        continue
      }
      position += 1
      let last = try next()
      let upper = last == 0x5C ? try escape() : ScalarSet(items: [.range(last...last)])
      guard !ignoresCase, case .range(let from)? = lower.items.first,
        case .range(let to)? = upper.items.first, !lower.isNegated, !upper.isNegated,
        from.lowerBound <= to.upperBound
      else { throw unsupported("this range") }
      set.items.append(.range(from.lowerBound...to.upperBound))
    } while peek() != 0x5D
    position += 1
    return set
  }

  /// What follows a backslash.
  private mutating func escape() throws -> ScalarSet {
    func flags(_ flags: ScalarClasses.Flags, not isNegated: Bool) -> ScalarSet {
      ScalarSet(items: [.flags(flags)], isNegated: isNegated)
    }
    let scalar = try next()
    switch Unicode.Scalar(scalar) {
    case "s", "S": return flags(.separator, not: scalar == 0x53)
    case "d", "D": return flags(.digit, not: scalar == 0x44)
    case "w", "W": return flags(.patternWord, not: scalar == 0x57)
    case "n": return ScalarSet(items: [.range(10...10)])
    case "r": return ScalarSet(items: [.range(13...13)])
    case "t": return ScalarSet(items: [.range(9...9)])
    case "f": return ScalarSet(items: [.range(12...12)])
    case "v": return ScalarSet(items: [.range(11...11)])
    case "p", "P": return try property(isNegated: scalar == 0x50)
    case let other?:
      guard !other.properties.isAlphabetic, !(0x30...0x39).contains(scalar) else {
        throw unsupported("\\\(other)")
      }
      return try literal(scalar)
    case nil: throw unsupported("this escape")
    }
  }

  private mutating func property(isNegated: Bool) throws -> ScalarSet {
    guard take("{") else { throw unsupported("\\p without {") }
    let isInverted = take("^")
    var name = ""
    while let scalar = peek().flatMap(Unicode.Scalar.init), scalar != "}" {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    guard take("}") else { throw Failure(problem: "a \\p{ is not closed") }
    let item: ScalarSet.Item
    switch name {
    case "L", "Letter": item = .flags(.letter)
    case "N", "Number": item = .flags(.number)
    default:
      guard let categories = ScalarSet.categories[name] else {
        throw unsupported("\\p{\(name.prefix(40))}")
      }
      item = .categories(categories)
    }
    return ScalarSet(items: [item], isNegated: isNegated != isInverted)
  }
}
