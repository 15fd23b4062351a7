/// The moments of any run of consecutive groups of points, with one merge.
///
/// A disjoint sparse table: on the level of blocks of 2^(k+1) groups, every group knows the moments
/// from itself to the block's middle. A run's two ends differ first in some bit; on that bit's level
/// the middle lies between them, and the run is what its ends know, merged. n·log₂ n merges to build.
struct IntervalMoments {
  let count: Int
  private let table: [LineMoments]

  init(_ groups: [LineMoments]) {
    let count = groups.count
    self.count = count
    var levels = 1
    while 1 << levels < count { levels += 1 }
    var table: [LineMoments] = []
    table.reserveCapacity(levels * count)
    table += groups
    for level in 1..<max(levels, 1) {
      table += groups
      let base = level * count
      let half = 1 << level
      var middle = half
      while middle < count {
        var index = middle - 2
        while index >= middle - half {
          table[base + index] = groups[index].merged(with: table[base + index + 1])
          index -= 1
        }
        index = middle + 1
        while index < min(middle + half, count) {
          table[base + index] = table[base + index - 1].merged(with: groups[index])
          index += 1
        }
        middle += 2 * half
      }
    }
    self.table = table
  }

  /// The groups `start..<end`.
  @inline(__always)
  func callAsFunction(_ start: Int, _ end: Int) -> LineMoments {
    guard start < end else { return LineMoments() }
    let last = end - 1
    guard start < last else { return table[start] }
    let level = Int.bitWidth - 1 - (start ^ last).leadingZeroBitCount
    return table[level * count + start].merged(with: table[level * count + last])
  }
}
