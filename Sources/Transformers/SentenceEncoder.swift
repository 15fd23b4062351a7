/// A model as a maker of sentence embeddings: its encoder, pooling over a sequence's tokens, L2
/// normalisation.
public typealias SentenceEncoder = TextModel
