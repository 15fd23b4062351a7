/// What decides a table unit's cost.
struct UnitShape: Hashable {
  /// The formats that were synthesised; fp16 only checks the model.
  enum Number: Hashable { case fp32, fp16, int32 }

  let number: Number
  /// N, in `2...256`.
  let entries: Int
  /// Equal-width pieces (int32 only): the index is a subtraction and a shift, there are no
  /// breakpoints.
  let isEqualWidth: Bool

  /// Bits of one stored number.
  var bits: Int { number == .fp16 ? 16 : 32 }
  /// Bits of all stored numbers.
  var storedBits: Int { bits * (isEqualWidth ? 2 * entries + 2 : 3 * entries - 1) }
  /// ⌈log₂ N⌉
  var indexBits: Int { Int.bitWidth - (entries - 1).leadingZeroBitCount }
}
