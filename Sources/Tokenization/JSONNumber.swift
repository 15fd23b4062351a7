/// Reads numbers as Hugging Face `tokenizers` does (serde_json): the digits as a whole number of 64
/// bits, then one multiplication or division by a power of ten. That is not always the nearest
/// double, but scores must be the same there and here, or equally good tokens differ.
enum JSONNumber {
  /// nil where `text` is no number, or one beyond a double's range.
  static func value(of text: ArraySlice<UInt8>) -> Double? {
    var rest = text
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest.removeFirst() }
    var significand: UInt64 = 0
    var exponent = 0
    let whole = digits(&rest)
    guard let first = whole.first, whole.count == 1 || first != UInt8(ascii: "0") else {
      return nil
    }
    exponent += append(whole, to: &significand)
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      let fraction = digits(&rest)
      guard !fraction.isEmpty else { return nil }
      exponent += append(fraction, to: &significand) - fraction.count
    }
    if rest.first.map({ $0 | 0x20 }) == UInt8(ascii: "e") {
      rest.removeFirst()
      let sign = rest.first
      if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
      let power = digits(&rest)
      guard !power.isEmpty else { return nil }
      let size = power.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), 1 << 20) }
      exponent += sign == UInt8(ascii: "-") ? -size : size
    }
    guard rest.isEmpty, let size = scaled(Double(significand), by: exponent) else { return nil }
    return isNegative ? -size : size
  }

  private static func digits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    rest = rest.dropFirst(digits.count)
    return digits
  }

  /// Appends what fits into 64 bits; returns how many digits did not.
  private static func append(_ digits: ArraySlice<UInt8>, to significand: inout UInt64) -> Int {
    for (index, digit) in digits.enumerated() {
      let (tenfold, hasOverflown) = significand.multipliedReportingOverflow(by: 10)
      let (sum, isOver) = tenfold.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
      guard !hasOverflown, !isOver else { return digits.count - index }
      significand = sum
    }
    return 0
  }

  private static func scaled(_ value: Double, by exponent: Int) -> Double? {
    var value = value
    var exponent = exponent
    while exponent < -308 {
      if value == 0 { return 0 }
      value /= 1e308
      exponent += 308
    }
    guard exponent <= 308 else { return value == 0 ? 0 : nil }
    value = exponent < 0 ? value / powers[-exponent] : value * powers[exponent]
    return value.isFinite ? value : nil
  }

  private static let powers: [Double] = (0...308).map { Double("1e\($0)") ?? .infinity }
}
