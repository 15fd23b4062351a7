import Models
import Tokenization

extension TextModel {
  /// Tokens of one window, special ones included.
  static let windowLength = 384
  /// Tokens of the context that neighbouring windows share.
  static let windowStride = 128

  /// Extractive question answering: a context that is too long is read in windows of 384 tokens
  /// (or ``maximumLength``) that share 128.
  ///
  /// - Parameter progress: called after each batch with the share of inputs done, in `0...1`; what
  ///   it throws ends the work and is rethrown.
  /// - Returns: one span per input.
  /// - Throws: ``TransformersError``, also when the model has another head; `WindowError` when a
  ///   question leaves no room for its context.
  public func answers(
    _ inputs: [(question: String, context: String)], nonlinearities: Nonlinearities,
    recorder: (any ActivationRecorder)? = nil, progress: (Double) throws -> Void = { _ in }
  ) throws -> [AnswerSpan] {
    guard description.head == .questionAnswering else { throw otherHead("question answering") }
    let length = min(Self.windowLength, maximumLength)
    var searches = [AnswerSearch](repeating: AnswerSearch(), count: inputs.count)
    // Which input each window that waits for its batch belongs to, and its tokens' bytes.
    var waiting: [(input: Int, offsets: [Range<Int>?])] = []
    var batches = try batches(nonlinearities, recorder)

    func read(_ encoded: EncodedBatch) throws {
      guard let outputs = encoded.head?.tokenOutputs(encoded.batch) else { return }
      var last = 0
      for (window, rows) in zip(waiting, encoded.batch.sequences) {
        searches[window.input].add(
          UnsafeBufferPointer(start: outputs.start + 2 * rows.lowerBound, count: 2 * rows.count),
          offsets: window.offsets)
        last = window.input
      }
      waiting.removeFirst(encoded.batch.sequences.count)
      // The last window's input may go on in the next batch.
      try progress(Double(waiting.isEmpty ? last + 1 : last) / Double(inputs.count))
    }

    for (index, input) in inputs.enumerated() {
      let windows = try tokenizer.windows(
        input.question, input.context, maximumLength: length,
        stride: min(Self.windowStride, length / 3))
      for window in windows {
        let sequence = TokenSequence(tokens: window.tokens, types: modelTypes(window.types))
        if let encoded = try batches.append(sequence) { try read(encoded) }
        waiting.append(
          (index, zip(window.sequences, window.offsets).map { $0 == 1 ? $1 : nil }))
      }
    }
    if let encoded = batches.finish() { try read(encoded) }
    if !inputs.isEmpty { try progress(1) }
    return searches.map(\.answer)
  }
}
