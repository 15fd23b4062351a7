import Approximation

/// The non-linear function between the two halves of a feed-forward block.
public enum HiddenActivation: Hashable, Sendable {
  /// Evaluated at a site.
  case function(NonlinearFunction)
  /// max(0, x): costs a comparison, so no table stands for it and it is no site.
  case relu

  /// By the name that `transformers` gives it; nil for one that is not supported.
  init?(named name: String) {
    switch name {
    case "gelu", "gelu_python": self = .function(.gelu)
    case "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_python_tanh":
      self = .function(.geluTanh)
    case "silu", "swish": self = .function(.silu)
    case "tanh": self = .function(.tanh)
    case "relu": self = .relu
    default: return nil
    }
  }

  static let supported =
    "\"gelu\", \"gelu_new\", \"gelu_fast\", \"gelu_pytorch_tanh\", \"relu\", \"silu\", \"tanh\""
}
