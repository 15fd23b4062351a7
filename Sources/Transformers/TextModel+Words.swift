import Models
import Tokenization

extension TextModel {
  /// Token classification of texts that are cut into words: the numbers of each word's first token.
  ///
  /// Words behind ``maximumLength`` tokens are missing at the end of a row; a word before them of
  /// which the tokenizer makes no token has zeros.
  ///
  /// - Parameter progress: called after each batch with the share of inputs done, in `0...1`; what
  ///   it throws ends the work and is rethrown.
  /// - Returns: for each input its words × labels, row-major.
  /// - Throws: ``TransformersError``, also when the model has another head.
  public func wordLogits(
    _ inputs: [[String]], nonlinearities: Nonlinearities,
    recorder: (any ActivationRecorder)? = nil, progress: (Double) throws -> Void = { _ in }
  ) throws -> [[Float]] {
    guard case .tokenClassification(let labels) = description.head else {
      throw otherHead("token classification")
    }
    let width = labels.count
    var rows: [[Float]] = []
    rows.reserveCapacity(inputs.count)
    // The words of the sequences that wait for their batch.
    var waiting: [[Int32]] = []
    let sequences = inputs.lazy.map { words in
      let encoding = self.tokenizer.encoding(words: words, maximumLength: self.maximumLength)
      waiting.append(encoding.words)
      return TokenSequence(tokens: encoding.tokens)
    }
    try forward(sequences, nonlinearities, recorder) { encoded in
      guard let outputs = encoded.head?.tokenOutputs(encoded.batch) else { return }
      for (words, tokens) in zip(waiting, encoded.batch.sequences) {
        var row = [Float](repeating: 0, count: (Int(words.max() ?? -1) + 1) * width)
        var seen: Int32 = -1
        for (word, token) in zip(words, tokens) where word > seen {
          seen = word
          for label in 0..<width {
            row[Int(word) * width + label] = outputs.start[token * width + label]
          }
        }
        rows.append(row)
      }
      waiting.removeFirst(encoded.batch.sequences.count)
      try progress(Double(rows.count) / Double(inputs.count))
    }
    return rows
  }
}
