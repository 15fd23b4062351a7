import Models

extension TextModel {
  /// Sequence classification: one number per label, in the order of the labels; regression: one.
  ///
  /// - Parameters:
  ///   - inputs: a text, or a pair of texts; cut at ``maximumLength`` tokens.
  ///   - progress: called after each batch with the share of inputs done, in `0...1`; what it throws
  ///     ends the work and is rethrown.
  /// - Returns: one row per input.
  /// - Throws: ``TransformersError``, also when the model has another head.
  public func logits(
    _ inputs: [(String, String?)], nonlinearities: Nonlinearities,
    recorder: (any ActivationRecorder)? = nil, progress: (Double) throws -> Void = { _ in }
  ) throws -> [[Float]] {
    switch description.head {
    case .sequenceClassification, .regression: break
    default: throw otherHead("sequence classification or regression")
    }
    var rows: [[Float]] = []
    rows.reserveCapacity(inputs.count)
    let sequences = inputs.lazy.map { self.sequence($0.0, $0.1) }
    try forward(sequences, nonlinearities, recorder) { encoded in
      rows += encoded.head?.sequenceOutputs(encoded.batch) ?? []
      try progress(Double(rows.count) / Double(inputs.count))
    }
    return rows
  }

  /// What the head says of sequences of tokens: for each sequence its labels' numbers, or its
  /// tokens × outputs, row-major (labels; 2 for answers: start and end; the vocabulary).
  ///
  /// - Parameters:
  ///   - tokens: sequences of 1 to `description.maximumPositions` tokens.
  ///   - types: the tokens' types, a list as long as each sequence; nil = all 0.
  /// - Throws: ``TransformersError`` when the model has no head or a sequence is not what it takes.
  public func outputs(
    tokens: [[Int32]], types: [[Int32]]? = nil, nonlinearities: Nonlinearities,
    recorder: (any ActivationRecorder)? = nil
  ) throws -> [[Float]] {
    var rows: [[Float]] = []
    try forward(Self.sequences(tokens, types), nonlinearities, recorder) { encoded in
      guard let head = encoded.head else { throw otherHead("any that has outputs") }
      switch description.head {
      case .none: break
      case .sequenceClassification, .regression: rows += head.sequenceOutputs(encoded.batch)
      case .tokenClassification, .questionAnswering:
        let outputs = head.tokenOutputs(encoded.batch)
        let width = outputs.count / encoded.batch.tokens.count
        for sequence in encoded.batch.sequences {
          rows.append(
            Array(
              UnsafeBufferPointer(
                start: outputs.start + sequence.lowerBound * width, count: sequence.count * width)))
        }
      case .maskedLanguageModel:
        for sequence in encoded.batch.sequences {
          var row: [Float] = []
          head.predictions(Array(sequence)) { row += $1 }
          rows.append(row)
        }
      }
    }
    return rows
  }

  func otherHead(_ wanted: String) -> TransformersError {
    let found =
      switch description.head {
      case .none: "none"
      case .sequenceClassification: "sequence classification"
      case .regression: "regression"
      case .tokenClassification: "token classification"
      case .questionAnswering: "question answering"
      case .maskedLanguageModel: "masked language modelling"
      }
    return .otherHead(wanted: wanted, found: found)
  }
}
