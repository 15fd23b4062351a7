import Models

/// Sequences one after another, without padding: every row of a matrix made from it is a real
/// token.
struct RaggedBatch {
  /// The tokens of all sequences.
  private(set) var tokens: [Int32] = []
  /// Where each sequence lies in ``tokens``.
  private(set) var sequences: [Range<Int>] = []
  /// Tokens of the longest sequence.
  private(set) var longest = 0

  /// Adds a sequence.
  ///
  /// - Parameter number: how the caller counts this sequence, for the error.
  /// - Throws: ``TransformersError`` when its length or a token is not what `model` takes.
  mutating func append(_ sequence: [Int32], number: Int, model: ModelDescription) throws {
    guard (1...model.maximumPositions).contains(sequence.count) else {
      throw TransformersError.sequenceLength(
        sequence: number, length: sequence.count, maximum: model.maximumPositions)
    }
    if let unknown = sequence.first(where: { !(0..<model.vocabularySize).contains(Int($0)) }) {
      throw TransformersError.unknownToken(
        sequence: number, token: unknown, vocabularySize: model.vocabularySize)
    }
    sequences.append(tokens.count..<(tokens.count + sequence.count))
    tokens += sequence
    longest = max(longest, sequence.count)
  }

  mutating func removeAll() {
    tokens.removeAll(keepingCapacity: true)
    sequences.removeAll(keepingCapacity: true)
    longest = 0
  }
}
