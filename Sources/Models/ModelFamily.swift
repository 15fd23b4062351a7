/// A family of models that share operators and tensor names; the value is `model_type` in
/// `config.json`.
public enum ModelFamily: String, Codable, CaseIterable, Sendable {
  case bert
  case roberta
  case xlmRoberta = "xlm-roberta"
  case distilbert
  case albert
  case electra
  case mobilebert

  /// What the encoder's tensors may be called by in front of their own names: `bert.`.
  public var tensorPrefix: String {
    switch self {
    case .bert: "bert."
    case .roberta, .xlmRoberta: "roberta."
    case .distilbert: "distilbert."
    case .albert: "albert."
    case .electra: "electra."
    case .mobilebert: "mobilebert."
    }
  }
}
