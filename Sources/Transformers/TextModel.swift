import CBLAS
import Foundation
import Models
import Tokenization

/// A model from a Hugging Face directory: an encoder of any family of ``ModelFamily`` with its
/// head.
///
/// One call runs on one thread; calls on several threads may run at the same time. Equal inputs in
/// equal order give equal bits in every process with the same ``KernelClass``.
public final class TextModel: Sendable {
  /// In a directory with `modules.json` (a sentence encoder) without a head, whatever
  /// `architectures` says.
  public let description: ModelDescription
  public let tokenizer: Tokenizer
  /// Tokens after which a text is cut, special tokens included.
  public let maximumLength: Int
  public let precision: ModelPrecision
  private let modules: SentenceModules
  private let encoder: EncoderStack
  private let head: HeadWeights?
  private let workspaces = WorkspacePool()
  /// The activations' int8 step of each linear input; nil but in an int8 model.
  private let inputScales: [Float]?

  /// Reads `config.json`, the tokenizer's files and, where present, the files of
  /// `sentence-transformers` (`modules.json`, `1_Pooling/config.json`,
  /// `sentence_bert_config.json`), and maps `model.safetensors` or the parts that
  /// `model.safetensors.index.json` names.
  ///
  /// In an int8 model each linear layer's weights and input are whole numbers of −127 to 127,
  /// x ≈ q · step with q = x / step rounded, ties to even: a weight's step for each output, an
  /// input's for the whole tensor. The sums are exact; sum · (step of the input · step of the weight)
  /// + bias is float32 again, as is all the rest: embeddings, attention scores, sites, LayerNorms,
  /// the scores of a language model's words. Inputs beyond their range count as its end, infinite
  /// ones too; NaN counts as 0.
  ///
  /// - Parameters:
  ///   - precision: fp16 rounds what enters and what leaves a site (overflow is infinite, as IEEE
  ///     has it); matrices stay float32.
  ///   - linearInputs: for int8, the range of every one of `ModelDescription.linearInputs`; other
  ///     names are ignored.
  /// - Throws: ``TransformersError``, `ModelError`, `SafetensorsError` or the tokenizer's error:
  ///   each names the file and the key or tensor.
  public init(
    directory: URL, precision: ModelPrecision = .fp32,
    linearInputs: [String: ClosedRange<Float>] = [:]
  ) throws {
    let configuration = try ModuleFile(required: directory.appending(path: "config.json"))
    var model = try ModelDescription(configuration: configuration.bytes)
    modules = try SentenceModules(directory: directory, hiddenSize: model.hiddenSize)
    if modules.isSentenceEncoder { model = model.withoutHead }
    description = model
    self.precision = precision
    inputScales =
      precision == .int8 ? try Int8Scales.activations(linearInputs, model: model) : nil
    let limit =
      try modules.maximumLength ?? TokenizerLimit(directory: directory).maximumLength
    maximumLength = min(limit ?? model.maximumPositions, model.maximumPositions)
    tokenizer = try Tokenizer(directory: directory)
    let tensors = try LoadedTensors(
      WeightFiles(directory: directory), model: model, precision: precision)
    encoder = try EncoderStack(tensors, model: model)
    head = try HeadWeights(tensors, model: model, words: encoder.words)
    openblas_set_num_threads(1)
  }

  /// Numbers of one hidden state or embedding.
  public var dimensions: Int { description.hiddenSize }

  /// Runs sequences of tokens in ragged batches, in order, and hands each batch to `body`.
  func forward(
    _ sequences: some Sequence<TokenSequence>, _ nonlinearities: Nonlinearities,
    _ recorder: (any ActivationRecorder)?, body: (EncodedBatch) throws -> Void
  ) throws {
    var batches = try batches(nonlinearities, recorder)
    for sequence in sequences {
      if let encoded = try batches.append(sequence) { try body(encoded) }
    }
    if let encoded = batches.finish() { try body(encoded) }
  }

  /// For sequences that are made one by one.
  func batches(_ nonlinearities: Nonlinearities, _ recorder: (any ActivationRecorder)?) throws
    -> BatchedForward
  {
    try BatchedForward(
      description, encoder, head, nonlinearities, recorder, precision, inputScales: inputScales,
      workspaces: workspaces)
  }

  /// The tokens of a text, or of a pair, cut at ``maximumLength``.
  func sequence(_ first: String, _ second: String? = nil) -> TokenSequence {
    guard let second else {
      return TokenSequence(tokens: tokenizer.encode(first, maximumLength: maximumLength))
    }
    let (tokens, types) = tokenizer.encode(first, second, maximumLength: maximumLength)
    return TokenSequence(tokens: tokens, types: modelTypes(types))
  }

  /// A tokenizer may tell texts apart where the model cannot: such types are left out, as
  /// `transformers` does.
  func modelTypes(_ types: [Int32]) -> [Int32]? {
    description.typeVocabularySize > 1 ? types : nil
  }

  /// Embeds texts; a text longer than ``maximumLength`` tokens is cut. The head has no part in it.
  ///
  /// - Parameters:
  ///   - recorder: receives what each of the encoder's sites' functions receives.
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
    let sequences = texts.lazy.map { self.sequence($0) }
    try forward(sequences, nonlinearities, recorder) { encoded in
      for sequence in encoded.batch.sequences {
        modules.pool(encoded.hidden, sequence, dimensions: dimensions, into: &embeddings)
      }
      try progress(Double(embeddings.count / dimensions) / Double(texts.count))
    }
    return embeddings
  }

  /// The encoder's last hidden states.
  ///
  /// - Parameters:
  ///   - tokens: sequences of 1 to `description.maximumPositions` tokens.
  ///   - types: the tokens' types, a list as long as each sequence; nil = all 0.
  ///   - progress: as in ``embed(_:nonlinearities:recorder:progress:)``.
  /// - Returns: for each sequence its tokens × ``dimensions``, row-major.
  /// - Throws: ``TransformersError`` when a sequence, a token or a type is not what the model takes.
  public func hiddenStates(
    tokens: [[Int32]], types: [[Int32]]? = nil, nonlinearities: Nonlinearities,
    recorder: (any ActivationRecorder)? = nil, progress: (Double) throws -> Void = { _ in }
  ) throws -> [[Float]] {
    var states: [[Float]] = []
    states.reserveCapacity(tokens.count)
    try forward(Self.sequences(tokens, types), nonlinearities, recorder) { encoded in
      for sequence in encoded.batch.sequences {
        states.append(
          Array(
            UnsafeBufferPointer(
              start: encoded.hidden + sequence.lowerBound * dimensions,
              count: sequence.count * dimensions)))
      }
      try progress(Double(states.count) / Double(tokens.count))
    }
    return states
  }

  /// A list of types that is missing at the end counts as too short.
  static func sequences(_ tokens: [[Int32]], _ types: [[Int32]]?) -> some Sequence<TokenSequence> {
    tokens.indices.lazy.map { index in
      TokenSequence(
        tokens: tokens[index],
        types: types.map { $0.indices.contains(index) ? $0[index] : [] })
    }
  }
}
