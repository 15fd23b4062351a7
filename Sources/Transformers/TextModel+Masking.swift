import CKernels
import Models
import Tokenization

extension TextModel {
  /// Masked language modelling: 15 % of each text's tokens (special ones never; at least one where
  /// there is any), chosen by a seeded hash of text and place, masked all at once.
  ///
  /// - Parameter progress: called after each batch with the share of texts done, in `0...1`; what it
  ///   throws ends the work and is rethrown.
  /// - Returns: for each text its masked tokens, from left to right.
  /// - Throws: ``TransformersError``, also when the model has another head or the tokenizer no mask.
  public func maskedTokens(
    _ texts: [String], seed: UInt64, nonlinearities: Nonlinearities,
    recorder: (any ActivationRecorder)? = nil, progress: (Double) throws -> Void = { _ in }
  ) throws -> [[MaskedToken]] {
    var rows: [[MaskedToken]] = []
    rows.reserveCapacity(texts.count)
    try forwardMasked(texts, seed: seed, nonlinearities, recorder) { encoded, masked in
      let places = zip(encoded.batch.sequences, masked).flatMap { sequence, masked in
        masked.places.map { sequence.lowerBound + $0 }
      }
      let originals = masked.flatMap(\.originals)
      var tokens: [MaskedToken] = []
      encoded.head?.predictions(places) { index, scores in
        tokens.append(Self.judge(scores, original: Int(originals[index])))
      }
      var rest = tokens[...]
      for masked in masked {
        rows.append(Array(rest.prefix(masked.places.count)))
        rest = rest.dropFirst(masked.places.count)
      }
      try progress(Double(rows.count) / Double(texts.count))
    }
    return rows
  }

  /// A sequence's masked places and the tokens that stood there.
  struct MaskedPlaces {
    var places: [Int]
    var originals: [Int32]
  }

  /// Runs texts with masked tokens and hands each batch with its masked places to `body`.
  func forwardMasked(
    _ texts: [String], seed: UInt64, _ nonlinearities: Nonlinearities,
    _ recorder: (any ActivationRecorder)?,
    body: (EncodedBatch, [MaskedPlaces]) throws -> Void
  ) throws {
    guard description.head == .maskedLanguageModel else {
      throw otherHead("masked language modelling")
    }
    guard let maskToken = tokenizer.maskToken else { throw TransformersError.noMaskToken }
    let mask = TokenMask(seed: seed)
    var waiting: [MaskedPlaces] = []
    let sequences = texts.lazy.map { text in
      let encoding = self.tokenizer.encoding(text, maximumLength: self.maximumLength)
      let candidates = encoding.tokens.indices.filter { encoding.sequences[$0] >= 0 }
      var masked = MaskedPlaces(places: mask.places(text, candidates: candidates), originals: [])
      var tokens = encoding.tokens
      for place in masked.places {
        masked.originals.append(tokens[place])
        tokens[place] = maskToken
      }
      waiting.append(masked)
      return TokenSequence(tokens: tokens)
    }
    try forward(sequences, nonlinearities, recorder) { encoded in
      let count = encoded.batch.sequences.count
      try body(encoded, Array(waiting.prefix(count)))
      waiting.removeFirst(count)
    }
  }

  /// What the scores of all words say of the one that stood there; changes the scores.
  private static func judge(_ scores: UnsafeMutableBufferPointer<Float>, original: Int)
    -> MaskedToken
  {
    guard let base = scores.baseAddress, scores.indices.contains(original) else {
      return MaskedToken(negativeLogLikelihood: .infinity, isTop: false)
    }
    exact_subtract_row_maximum(base, 1, scores.count)
    let score = scores[original]
    // The first of equals is the top.
    let isTop = score == 0 && !scores[..<original].contains(0)
    exact_exp(base, scores.count)
    var sum: Float = 0
    exact_row_sums(base, 1, scores.count, &sum)
    let likelihood = NaturalLogarithm.of(Double(sum)) - Double(score)
    return MaskedToken(negativeLogLikelihood: Float(max(0, likelihood)), isTop: isTop)
  }
}

/// The logarithm without the platform's libm: the same bits everywhere.
enum NaturalLogarithm {
  /// - Parameter x: finite and above 0, else NaN; relative error below 1e-14.
  static func of(_ x: Double) -> Double {
    guard x > 0, x.isFinite else { return .nan }
    var exponent = Double(x.exponent)
    var significand = x.significand
    if significand > 1.414_213_562_373_095_1 {
      significand /= 2
      exponent += 1
    }
    // ln m = 2·artanh((m − 1)/(m + 1)) by its series; |s| <= 0.1716.
    let s = (significand - 1) / (significand + 1)
    let square = s * s
    var sum = 0.0
    for odd in stride(from: 23.0, through: 3, by: -2) { sum = (sum + 1 / odd) * square }
    return exponent * 0.693_147_180_559_945_3 + 2 * (s + s * sum)
  }
}
