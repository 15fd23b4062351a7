import Models

/// Fills ragged batches with sequences in the order they come and runs each as soon as the next
/// sequence does not fit, so that only one batch is in memory.
struct BatchedForward {
  /// Tokens of a batch: enough for matrix products at their best, few enough to stay in the cache.
  static let batchTokens = 1024

  private let model: ModelDescription
  private let encoder: EncoderStack
  private let head: HeadWeights?
  private let seam: SiteSeam
  private let inputScales: [Float]?
  private let workspaces: WorkspacePool
  private var loan: WorkspaceLoan?
  private var batch = RaggedBatch()
  private var appended = 0

  /// - Throws: ``TransformersError/siteCount(found:expected:)``
  init(
    _ model: ModelDescription, _ encoder: EncoderStack, _ head: HeadWeights?,
    _ nonlinearities: Nonlinearities, _ recorder: (any ActivationRecorder)?,
    _ precision: ModelPrecision, inputScales: [Float]?,
    workspaces: WorkspacePool
  ) throws {
    guard nonlinearities.prepared.count == model.sites.count else {
      throw TransformersError.siteCount(
        found: nonlinearities.prepared.count, expected: model.sites.count)
    }
    self.model = model
    self.encoder = encoder
    self.head = head
    seam = SiteSeam(
      operators: nonlinearities.prepared, recorder: recorder, roundsToHalf: precision == .fp16)
    self.inputScales = inputScales
    self.workspaces = workspaces
  }

  /// Adds a sequence.
  ///
  /// - Returns: the batch that had to be run first because the sequence did not fit into it; what
  ///   it refers to is valid until the next call.
  /// - Throws: ``TransformersError`` when the sequence is not what the model takes.
  mutating func append(_ sequence: TokenSequence) throws -> EncodedBatch? {
    let isFull =
      !batch.tokens.isEmpty && batch.tokens.count + sequence.tokens.count > Self.batchTokens
    let encoded = isFull ? run() : nil
    try batch.append(sequence, number: appended, model: model)
    appended += 1
    return encoded
  }

  /// Runs what is left; nil when nothing is.
  mutating func finish() -> EncodedBatch? {
    batch.tokens.isEmpty ? nil : run()
  }

  private mutating func run() -> EncodedBatch {
    let loan = fittingLoan()
    let operators = ForwardOperators(
      seam: seam, workspace: loan.workspace, inputScales: inputScales)
    encoder.run(batch, model: model, operators: operators)
    let head = head.map {
      HeadForward(
        model: model, weights: $0, operators: operators, site: model.encoderSiteCount,
        linear: model.encoderLinearInputCount)
    }
    let encoded = EncodedBatch(batch: batch, operators: operators, head: head, loan: loan)
    batch.removeAll()
    return encoded
  }

  private mutating func fittingLoan() -> WorkspaceLoan {
    if let loan, loan.workspace.fits(batch) { return loan }
    let loan = workspaces.loan(
      for: batch, model: model, tokens: Self.batchTokens, isInt8: inputScales != nil)
    self.loan = loan
    return loan
  }
}

/// A batch after the encoder.
struct EncodedBatch {
  let batch: RaggedBatch
  let operators: ForwardOperators
  /// Nil for a model without a head.
  let head: HeadForward?
  /// Keeps the buffers from other calls while somebody reads them.
  private let loan: WorkspaceLoan

  init(batch: RaggedBatch, operators: ForwardOperators, head: HeadForward?, loan: WorkspaceLoan) {
    self.batch = batch
    self.operators = operators
    self.head = head
    self.loan = loan
  }

  /// The last hidden states [T, H].
  var hidden: UnsafePointer<Float> { UnsafePointer(operators.workspace.hidden.start) }
}
