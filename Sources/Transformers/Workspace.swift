import Models

/// The buffers of a forward pass over a given number of tokens; reused from batch to batch.
///
/// T = tokens of the batch, H = hidden size, F = intermediate size.
struct Workspace {
  /// Score elements that are evaluated together: small enough to stay in a core's cache.
  static let scoreTile = 65_536
  /// Elements of the intermediate layer that are evaluated together, for the same reason.
  static let intermediateTile = 8192

  let hidden: FloatBuffer  // [T, H]
  let queryKeyValue: FloatBuffer  // [T, 3H]
  let context: FloatBuffer  // [T, H]
  let projected: FloatBuffer  // [T, H]
  let intermediate: FloatBuffer  // [T, F]
  let scores: FloatBuffer  // [heads at once, L, L], L = the longest sequence
  let rowFactors: FloatBuffer  // [T], or [heads at once, L]
  private let tokens: Int
  private let longest: Int

  /// - Parameters:
  ///   - tokens: most rows of a batch.
  ///   - longest: most tokens of one sequence.
  init(model: ModelDescription, tokens: Int, longest: Int) {
    self.tokens = tokens
    self.longest = longest
    hidden = FloatBuffer(count: tokens * model.hiddenSize)
    queryKeyValue = FloatBuffer(count: tokens * 3 * model.hiddenSize)
    context = FloatBuffer(count: tokens * model.hiddenSize)
    projected = FloatBuffer(count: tokens * model.hiddenSize)
    intermediate = FloatBuffer(count: tokens * model.intermediateSize)
    scores = FloatBuffer(count: max(Self.scoreTile, longest * longest))
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
