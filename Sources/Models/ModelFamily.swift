/// A family of models that share operators and tensor names; the value is `model_type` in
/// `config.json`.
public enum ModelFamily: String, Codable, CaseIterable, Sendable {
  case bert
}
