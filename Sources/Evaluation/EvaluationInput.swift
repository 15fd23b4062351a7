/// What an evaluation feeds the model, once.
public enum EvaluationInput: Hashable, Sendable {
  /// One text, to embed or to classify.
  case text(String)
  /// Two texts that the model reads together, to classify or to score.
  case pair(String, String)
  /// A sentence that is split into words, each of which is to be labelled.
  case words([String])
  /// A question whose answer is a span of `context`, or nothing.
  case question(String, context: String)
  /// A text of which some tokens are masked and guessed.
  case masked(String)

  /// The input when it is a single text, masked or not.
  public var text: String? {
    switch self {
    case .text(let text), .masked(let text): text
    case .pair, .words, .question: nil
    }
  }
}
