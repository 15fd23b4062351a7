extension LookupTable {
  /// The table's result for any float32 pattern. This is the reference, bit for bit, for every
  /// kernel, export and circuit.
  public func callAsFunction(_ x: Float) -> Float {
    if x.isNaN { return Float(bitPattern: 0x7FC0_0000) }
    let x = x.positiveZero
    guard let (u, factor) = reduced(x) else { return 0 }
    return unscaled(u) * factor
  }

  /// Steps 3 to 5: the result before it is scaled back.
  private func unscaled(_ u: Float) -> Float {
    switch arithmetic {
    case .fp32(let numbers):
      let y = outcome(
        of: u, lower: lowerBound, upper: upperBound, constant: { $0 },
        value: { numbers.value(at: $0) })
      return isNonNegative ? (y < 0 ? 0 : y) : y
    case .fp16(let numbers):
      let y = outcome(
        of: HalfEntries.quantized(u), lower: HalfEntries.quantized(lowerBound),
        upper: HalfEntries.quantized(upperBound), constant: { Float16($0) },
        value: { numbers.value(at: $0) })
      return Float(isNonNegative ? (y < 0 ? 0 : y) : y)
    case .integer(let numbers):
      let y = outcome(
        of: numbers.quantizedInput(u), lower: numbers.quantizedInput(lowerBound),
        upper: numbers.quantizedInput(upperBound), constant: { numbers.quantizedOutput($0) },
        value: { numbers.value(at: $0) })
      return numbers.real(isNonNegative ? max(0, y) : y)
    }
  }

  private func outcome<Value: Comparable>(
    of u: Value, lower: Value, upper: Value, constant: (Float) -> Value, value: (Value) -> Value
  ) -> Value {
    if u < lower {
      switch left {
      case .clamp: return value(lower)
      case .line: return value(u)
      case .constant(let result): return constant(result)
      }
    }
    if u > upper {
      switch right {
      case .clamp: return value(upper)
      case .line: return value(u)
      case .constant(let result): return constant(result)
      }
    }
    return value(u)
  }

  /// The table's input and the power of two that its result is multiplied by; nil where the result
  /// is 0 by definition. ``InputScaling`` gives the formulas.
  private func reduced(_ x: Float) -> (u: Float, factor: Float)? {
    switch scaling {
    case .none:
      return (x, 1)
    case .paper:
      return x < 1 ? (x * 1024, 32) : (x, 1)
    case .exponent:
      guard x > 0, x.isFinite else { return nil }
      let bits = max(x, .leastNormalMagnitude).bitPattern
      let exponent = Int(bits >> 23) - 127
      let significand = Float(bitPattern: bits & 0x007F_FFFF | 0x3F80_0000)
      if scaledFunction == .reciprocal {
        // 2^−127, for the largest exponent, is subnormal.
        return (significand, exponent == 127 ? 0x1p-127 : Float.powerOfTwo(-exponent))
      }
      let isOdd = exponent & 1 == 1
      let half = (exponent - (isOdd ? 1 : 0)) / 2
      return (isOdd ? significand * 2 : significand, Float.powerOfTwo(-half))
    }
  }
}
