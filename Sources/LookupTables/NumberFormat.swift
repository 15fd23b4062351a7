/// How a table's numbers are stored and how its arithmetic rounds (DESIGN §5).
public enum NumberFormat: String, Codable, CaseIterable, Sendable {
  case fp32
  case int32
}
