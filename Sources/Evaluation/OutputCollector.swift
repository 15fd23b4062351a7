import Foundation

/// Gathers a model's outputs row by row, so that they can be judged whatever the size of the data:
/// small ones in memory, beyond that in a file without a name.
///
/// A row with NaN or an infinity says nothing about its input and becomes zeros. Of masked tokens
/// only the damaged ones are replaced, by the largest loss that counts (`MaskedTokenLoss.worst`) and
/// a miss.
public struct OutputCollector {
  private let kind: ModelOutputKind
  private let folder: URL
  private let memoryLimit: Int
  private var lengths: [Int] = []
  private var pending: [Float] = []
  private var file: ScratchFile?
  private var written = 0
  /// Rows that were changed.
  public private(set) var unusable = 0

  /// - Parameters:
  ///   - folder: Where outputs go that are larger than `memoryLimit`.
  ///   - memoryLimit: In numbers, at least 1.
  public init(_ kind: ModelOutputKind, folder: URL, memoryLimit: Int = 8 << 20) {
    self.kind = kind
    self.folder = folder
    self.memoryLimit = max(1, memoryLimit)
  }

  /// Adds the next input's row.
  /// - Throws: `EvaluationError` when the disk is full.
  public mutating func append(_ row: ArraySlice<Float>) throws {
    lengths.append(row.count)
    if row.allSatisfy(\.isFinite) {
      pending += row
    } else {
      unusable += 1
      pending += usable(Array(row))
    }
    guard pending.count >= memoryLimit else { return }
    let file = try self.file ?? ScratchFile(in: folder)
    self.file = file
    try file.append(pending)
    written += pending.count
    pending.removeAll(keepingCapacity: true)
  }

  /// Adds rows of inputs that nobody will ask about: they are empty.
  public mutating func skip(_ rows: Int) {
    lengths += [Int](repeating: 0, count: max(0, rows))
  }

  private func usable(_ row: [Float]) -> [Float] {
    guard kind == .maskedTokens else { return [Float](repeating: 0, count: row.count) }
    var row = row
    for token in stride(from: 0, to: row.count, by: 2) {
      let span = token..<min(token + 2, row.count)
      guard !row[span].allSatisfy(\.isFinite) else { continue }
      row[token] = Float(MaskedTokenLoss.worst)
      if span.count == 2 { row[token + 1] = 0 }
    }
    return row
  }

  /// Every row that was added.
  /// - Throws: `EvaluationError` when the disk is full.
  public consuming func rows() throws -> OutputRows {
    guard let file else {
      return try OutputRows(
        lengths: lengths, storage: .memory(pending), values: pending.count, isFinite: true)
    }
    try file.append(pending)
    return try OutputRows(
      lengths: lengths, storage: .file(file), values: written + pending.count, isFinite: true)
  }
}
