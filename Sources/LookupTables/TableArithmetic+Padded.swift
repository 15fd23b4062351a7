extension TableArithmetic {
  /// The same table with empty entries before its last breakpoint, up to so many.
  /// - Parameter entries: In `entries...256`.
  /// - Throws: ``TableError`` when there are more of them already.
  public func padded(to entries: Int) throws -> TableArithmetic {
    guard entries >= self.entries else { throw TableError.entryCount(entries) }
    let count = entries - self.entries
    func longer<Number>(_ numbers: [Number], at place: Int) -> [Number] {
      guard numbers.indices.contains(place) else { return numbers }
      return Array(numbers[..<place]) + Array(repeating: numbers[place], count: count)
        + Array(numbers[place...])
    }
    switch self {
    case .fp32(let numbers):
      let last = numbers.breakpoints.count - 1
      return .fp32(
        try FloatEntries(
          breakpoints: longer(numbers.breakpoints, at: last),
          slopes: longer(numbers.slopes, at: last), intercepts: longer(numbers.intercepts, at: last)
        ))
    case .fp16(let numbers):
      let last = numbers.breakpoints.count - 1
      return .fp16(
        try HalfEntries(
          breakpoints: longer(numbers.breakpoints, at: last),
          slopes: longer(numbers.slopes, at: last), intercepts: longer(numbers.intercepts, at: last)
        ))
    case .integer(let numbers):
      let last = numbers.breakpoints.count - 1
      return .integer(
        try IntegerEntries(
          format: numbers.format, breakpoints: longer(numbers.breakpoints, at: last),
          slopes: longer(numbers.slopes, at: last),
          intercepts: longer(numbers.intercepts, at: last),
          input: numbers.input, interceptShift: numbers.interceptShift,
          resultShift: numbers.resultShift, output: numbers.output))
    }
  }
}
