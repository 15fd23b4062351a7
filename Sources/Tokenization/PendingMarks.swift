/// Combining marks that wait for the end of their run, to be put into canonical order.
struct PendingMarks {
  private var marks: [(combiningClass: UInt8, index: Int, scalar: UInt32)] = []

  var isEmpty: Bool { marks.isEmpty }

  mutating func append(_ scalar: UInt32, combiningClass: UInt8) {
    marks.append((combiningClass, marks.count, scalar))
  }

  /// The marks by combining class, equal ones as they came.
  mutating func removeAll() -> [UInt32] {
    let sorted = marks.sorted { ($0.combiningClass, $0.index) < ($1.combiningClass, $1.index) }
    marks.removeAll()
    return sorted.map(\.scalar)
  }
}
