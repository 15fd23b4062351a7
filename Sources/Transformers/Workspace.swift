import Models

/// The buffers of a forward pass over a given number of tokens; reused from batch to batch.
///
/// T = tokens of the batch, H = hidden size, I = width inside a layer (H but for MobileBERT),
/// E = embedding size, F = intermediate size.
struct Workspace {
  /// Score elements that are evaluated together: small enough to stay in a core's cache.
  static let scoreTile = 65_536
  /// Elements of the intermediate layer that are evaluated together, for the same reason.
  static let intermediateTile = 8192
  /// Numbers that an int8 layer rounds, or sums up, at once. One row of the widest layers that a
  /// model may have is no more: 131 072 inputs, or 128 partial sums of 16 384 outputs.
  static let integerTile = 1 << 21

  let hidden: FloatBuffer  // [T, H]
  let embedded: FloatBuffer  // [T, E], with trigrams [T, 3E]; empty where it would be `hidden`
  let layerInput: FloatBuffer  // [T, I]; MobileBERT only, like the next
  let sharedInput: FloatBuffer  // [T, I]
  let queryKeyValue: FloatBuffer  // [T, 3I]
  let context: FloatBuffer  // [T, I]
  let projected: FloatBuffer  // [T, H]
  let intermediate: FloatBuffer  // [T, F]
  let scores: FloatBuffer  // [heads at once, L, L], L = the longest sequence
  let rowFactors: FloatBuffer  // [T], or [heads at once, L]
  let integers: FloatBuffer  // [rows at once, inputs]; empty but in an int8 model, like the next
  let partialSums: FloatBuffer  // [parts, rows at once, outputs]
  private let tokens: Int
  private let longest: Int

  /// - Parameters:
  ///   - tokens: most rows of a batch.
  ///   - longest: most tokens of one sequence.
  init(model: ModelDescription, tokens: Int, longest: Int, isInt8: Bool) {
    self.tokens = tokens
    self.longest = longest
    let inner = model.innerSize
    let embeds = model.projectsEmbeddings || model.transformsEmbeddings
    let joined = model.bottlenecks?.usesTrigrams == true ? 3 : 1
    let isNarrow = model.bottlenecks?.width != nil
    hidden = FloatBuffer(count: tokens * model.hiddenSize)
    embedded = FloatBuffer(count: embeds ? tokens * joined * model.embeddingSize : 0)
    layerInput = FloatBuffer(count: isNarrow ? tokens * inner : 0)
    sharedInput = FloatBuffer(count: isNarrow ? tokens * inner : 0)
    queryKeyValue = FloatBuffer(count: tokens * 3 * inner)
    context = FloatBuffer(count: tokens * inner)
    projected = FloatBuffer(count: tokens * max(model.hiddenSize, inner))
    intermediate = FloatBuffer(count: tokens * model.intermediateSize)
    scores = FloatBuffer(count: max(Self.scoreTile, longest * longest))
    integers = FloatBuffer(count: isInt8 ? Self.integerTile : 0)
    partialSums = FloatBuffer(count: isInt8 ? Self.integerTile : 0)
    rowFactors = FloatBuffer(count: max(tokens, model.heads * longest))
  }

  func fits(_ batch: RaggedBatch) -> Bool {
    batch.tokens.count <= tokens && batch.longest <= longest
  }

  /// How many heads of a sequence of `length` tokens fit into ``scores`` at once: at least 1.
  func headsAtOnce(length: Int, heads: Int) -> Int {
    min(heads, max(1, Self.scoreTile / (length * length)))
  }
}
