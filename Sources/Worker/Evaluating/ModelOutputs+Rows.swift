import Evaluation
import Foundation
import Jobs

extension ModelOutputs {
  init(_ outputs: OutputRows) throws {
    let lengths = (0..<outputs.count).map(outputs.length)
    let isEven = lengths.first.map { first in lengths.allSatisfy { $0 == first } } ?? false
    var bytes = Data()
    for value in try outputs.values(of: 0..<outputs.count) {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    self.init(
      rows: outputs.count, columns: isEven ? lengths.first ?? 0 : 0,
      lengths: isEven ? nil : lengths, values: bytes)
  }

  /// Numbers of each row, and all rows' numbers; nil when the bytes are not as many.
  var ragged: (lengths: [Int], values: [Float])? {
    guard rows >= 0, rows <= 1 << 32 else { return nil }
    let lengths: [Int]
    if let given = self.lengths {
      guard given.count == rows, given.allSatisfy({ (0...1 << 32).contains($0) }) else {
        return nil
      }
      lengths = given
    } else {
      guard (0...1 << 32).contains(columns), values.count / 4 == rows * columns else { return nil }
      lengths = Array(repeating: columns, count: rows)
    }
    let count = lengths.reduce(0, +)
    guard values.count == 4 * count else { return nil }
    let floats = values.withUnsafeBytes { bytes in
      (0..<count).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
    return (lengths, floats)
  }
}
