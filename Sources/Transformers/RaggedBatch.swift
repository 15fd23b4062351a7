import Models

/// A sequence of tokens as a model receives it.
struct TokenSequence {
  var tokens: [Int32]
  /// One for each token; nil = all 0.
  var types: [Int32]?
}

/// Sequences one after another, without padding: every row of a matrix made from it is a real
/// token.
struct RaggedBatch {
  /// The tokens of all sequences.
  private(set) var tokens: [Int32] = []
  /// The types of all tokens; empty when every one is 0.
  private(set) var types: [Int32] = []
  /// Where each sequence lies in ``tokens``.
  private(set) var sequences: [Range<Int>] = []
  /// Tokens of the longest sequence.
  private(set) var longest = 0

  /// Adds a sequence.
  ///
  /// - Parameter number: how the caller counts this sequence, for the error.
  /// - Throws: ``TransformersError`` when its length, a token or a type is not what `model` takes.
  mutating func append(_ sequence: TokenSequence, number: Int, model: ModelDescription) throws {
    let added = sequence.tokens
    guard (1...model.maximumPositions).contains(added.count) else {
      throw TransformersError.sequenceLength(
        sequence: number, length: added.count, maximum: model.maximumPositions)
    }
    if let unknown = added.first(where: { !(0..<model.vocabularySize).contains(Int($0)) }) {
      throw TransformersError.unknownToken(
        sequence: number, token: unknown, vocabularySize: model.vocabularySize)
    }
    try append(types: sequence.types, of: added.count, number: number, model: model)
    sequences.append(tokens.count..<(tokens.count + added.count))
    tokens += added
    longest = max(longest, added.count)
  }

  private mutating func append(
    types added: [Int32]?, of count: Int, number: Int, model: ModelDescription
  ) throws {
    if let added, added.count != count {
      throw TransformersError.typeCount(sequence: number, found: added.count, expected: count)
    }
    guard let added, added.contains(where: { $0 != 0 }) else {
      if !types.isEmpty { types += repeatElement(0, count: count) }
      return
    }
    let known = 0..<model.typeVocabularySize
    if let unknown = added.first(where: { !known.contains(Int($0)) }) {
      throw TransformersError.unknownType(
        sequence: number, type: unknown, typeVocabularySize: model.typeVocabularySize)
    }
    if types.isEmpty { types = Array(repeating: 0, count: tokens.count) }
    types += added
  }

  mutating func removeAll() {
    tokens.removeAll(keepingCapacity: true)
    types.removeAll(keepingCapacity: true)
    sequences.removeAll(keepingCapacity: true)
    longest = 0
  }
}
