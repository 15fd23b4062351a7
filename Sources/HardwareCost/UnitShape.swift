import LookupTables

/// What decides a table unit's cost.
struct UnitShape: Hashable {
  let format: NumberFormat
  /// N, in `2...256`.
  let entries: Int
  /// Equal-width pieces (formats of integers only): the index is a subtraction and a shift, there
  /// are no breakpoints.
  let isEqualWidth: Bool
  /// Whether a negative result has to become 0: one of its tables dips.
  let hasFloor: Bool

  init(format: NumberFormat, entries: Int, isEqualWidth: Bool = false, hasFloor: Bool = false) {
    self.format = format
    self.entries = entries
    self.isEqualWidth = isEqualWidth && format.isInteger
    self.hasFloor = hasFloor
  }

  /// Bits of all stored numbers.
  var storedBits: Int { format.bits * (isEqualWidth ? 2 * entries + 2 : 3 * entries - 1) }
  /// ⌈log₂ N⌉
  var indexBits: Int { Int.bitWidth - (entries - 1).leadingZeroBitCount }
  /// Bits of a slope that is wired in: those of int32 are rounded to 16, as in the unit that was
  /// synthesised.
  var wiredSlopeBits: Int { min(format.bits, format == .int32 ? 16 : 32) }
}
