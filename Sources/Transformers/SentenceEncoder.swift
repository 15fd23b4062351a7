import CBLAS
import Foundation
import LookupTables
import Models
import Tokenization

/// A sentence embedding model from a Hugging Face directory: BERT encoder, pooling over a
/// sequence's tokens, L2 normalisation.
///
/// One call runs on one thread; calls on several threads may run at the same time. Equal texts in
/// equal order give equal bits in every process with the same ``KernelClass``.
public final class SentenceEncoder: Sendable {
  /// Tokens of a batch: enough for matrix products at their best, few enough to stay in the cache.
  static let batchTokens = 1024

  public let description: ModelDescription
  /// Tokens after which a text is cut, [CLS] and [SEP] included.
  public let maximumLength: Int
  private let modules: SentenceModules
  private let tokenizer: Tokenizer
  private let weights: EncoderWeights

  /// Reads `config.json`, the tokenizer's files and, where present, the files of
  /// `sentence-transformers` (`modules.json`, `1_Pooling/config.json`,
  /// `sentence_bert_config.json`), and maps `model.safetensors`.
  ///
  /// - Throws: ``TransformersError``, `ModelError`, `SafetensorsError` or the tokenizer's error:
  ///   each names the file and the key or tensor.
  public init(directory: URL) throws {
    let configuration = try ModuleFile(required: directory.appending(path: "config.json"))
    description = try ModelDescription(configuration: configuration.bytes)
    modules = try SentenceModules(directory: directory, hiddenSize: description.hiddenSize)
    maximumLength = min(
      modules.maximumLength ?? description.maximumPositions, description.maximumPositions)
    tokenizer = try Tokenizer(directory: directory)
    weights = try EncoderWeights(
      contentsOf: directory.appending(path: "model.safetensors"), model: description)
    openblas_set_num_threads(1)
  }

  /// Numbers of one embedding.
  public var dimensions: Int { description.hiddenSize }

  /// Embeds texts; a text longer than ``maximumLength`` tokens is cut.
  ///
  /// Batches are filled in the order of the texts, so only one batch is in memory beside the
  /// result.
  ///
  /// - Parameters:
  ///   - recorder: receives what each site's function receives.
  ///   - progress: called after each batch with the share of texts done, in `0...1`; what it
  ///     throws ends the work and is rethrown.
  /// - Returns: `texts.count` × ``dimensions``, row-major.
  /// - Throws: ``TransformersError`` when the non-linearities belong to another model or the
  ///   tokenizer gives tokens the model does not have.
  public func embed(
    _ texts: [String], nonlinearities: Nonlinearities, recorder: (any ActivationRecorder)? = nil,
    progress: (Double) throws -> Void
  ) throws -> [Float] {
    var embeddings: [Float] = []
    embeddings.reserveCapacity(texts.count * dimensions)
    let sequences = texts.lazy.map { [self] in
      tokenizer.encode($0, maximumLength: maximumLength)
    }
    try forward(sequences, nonlinearities, recorder) { hidden, sequences in
      for sequence in sequences { pool(hidden, sequence, into: &embeddings) }
      try progress(Double(embeddings.count / dimensions) / Double(texts.count))
    }
    return embeddings
  }

  /// The encoder's last hidden states.
  ///
  /// - Parameter tokens: sequences of 1 to `description.maximumPositions` tokens.
  /// - Returns: for each sequence its tokens × ``dimensions``, row-major.
  /// - Throws: ``TransformersError`` when a sequence or a token is not what the model takes.
  public func hiddenStates(
    tokens: [[Int32]], nonlinearities: Nonlinearities, recorder: (any ActivationRecorder)? = nil
  ) throws -> [[Float]] {
    var states: [[Float]] = []
    states.reserveCapacity(tokens.count)
    try forward(tokens, nonlinearities, recorder) { hidden, sequences in
      for sequence in sequences {
        states.append(
          Array(
            UnsafeBufferPointer(
              start: hidden + sequence.lowerBound * dimensions,
              count: sequence.count * dimensions)))
      }
    }
    return states
  }

  /// Runs sequences of tokens in ragged batches, in order, and hands each batch's hidden states
  /// [T, H] and where its sequences lie in them to `body`.
  private func forward(
    _ sequences: some Sequence<[Int32]>, _ nonlinearities: Nonlinearities,
    _ recorder: (any ActivationRecorder)?,
    body: (UnsafePointer<Float>, [Range<Int>]) throws -> Void
  ) throws {
    guard nonlinearities.prepared.count == description.sites.count else {
      throw TransformersError.siteCount(
        found: nonlinearities.prepared.count, expected: description.sites.count)
    }
    let seam = SiteSeam(operators: nonlinearities.prepared, recorder: recorder)
    var workspace = Workspace(model: description, tokens: 0, longest: 0)
    var batch = RaggedBatch()

    func run() throws {
      if !workspace.fits(batch) {
        workspace = Workspace(
          model: description, tokens: max(batch.tokens.count, Self.batchTokens),
          longest: batch.longest)
      }
      EncoderForward(model: description, weights: weights, seam: seam, workspace: workspace)
        .run(batch)
      try body(workspace.hidden.start, batch.sequences)
      batch.removeAll()
    }
    for (number, sequence) in sequences.enumerated() {
      if !batch.tokens.isEmpty, batch.tokens.count + sequence.count > Self.batchTokens {
        try run()
      }
      try batch.append(sequence, number: number, model: description)
    }
    if !batch.tokens.isEmpty { try run() }
  }

  /// Appends the embedding of one sequence of `hidden` [T, H].
  private func pool(
    _ hidden: UnsafePointer<Float>, _ sequence: Range<Int>, into embeddings: inout [Float]
  ) {
    let first = hidden + sequence.lowerBound * dimensions
    var embedding = Array(UnsafeBufferPointer(start: first, count: dimensions))
    if modules.pooling == .mean {
      for row in sequence.dropFirst() {
        let state = hidden + row * dimensions
        for column in 0..<dimensions { embedding[column] += state[column] }
      }
      let count = Float(sequence.count)
      for column in 0..<dimensions { embedding[column] /= count }
    }
    if modules.normalizes {
      var squares: Float = 0
      for value in embedding { squares += value * value }
      let length = max(squares.squareRoot(), 1e-12)
      for column in 0..<dimensions { embedding[column] /= length }
    }
    embeddings += embedding
  }
}
