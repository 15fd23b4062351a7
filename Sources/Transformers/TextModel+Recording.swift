import Models

extension TextModel {
  /// Runs the whole model with its head over plain texts for what its sites receive and, where the
  /// recorder asks for it, what its linear layers read: what calibration collects.
  ///
  /// A masked language model sees its texts masked, with seed 0, and its head the masked tokens, as
  /// in ``maskedTokens(_:seed:nonlinearities:recorder:progress:)``.
  ///
  /// - Parameter progress: called after each batch with the share of texts done, in `0...1`; what it
  ///   throws ends the work and is rethrown.
  /// - Throws: ``TransformersError``
  public func record(
    _ texts: [String], nonlinearities: Nonlinearities, recorder: (any ActivationRecorder)? = nil,
    progress: (Double) throws -> Void = { _ in }
  ) throws {
    var done = 0
    func advance(_ encoded: EncodedBatch) throws {
      done += encoded.batch.sequences.count
      try progress(Double(done) / Double(texts.count))
    }
    guard description.head != .maskedLanguageModel else {
      try forwardMasked(texts, seed: 0, nonlinearities, recorder) { encoded, masked in
        // The scores of the words follow the last site.
        _ = encoded.head?.predictionStates(
          zip(encoded.batch.sequences, masked).flatMap { sequence, masked in
            masked.places.map { sequence.lowerBound + $0 }
          })
        try advance(encoded)
      }
      return
    }
    try forward(texts.lazy.map { self.sequence($0) }, nonlinearities, recorder) { encoded in
      switch description.head {
      case .sequenceClassification, .regression:
        _ = encoded.head?.sequenceOutputs(encoded.batch)
      case .tokenClassification, .questionAnswering:
        // Nothing non-linear follows the encoder.
        if recorder?.recordsLinearInputs == true { _ = encoded.head?.tokenOutputs(encoded.batch) }
      case .none, .maskedLanguageModel: break
      }
      try advance(encoded)
    }
  }
}
