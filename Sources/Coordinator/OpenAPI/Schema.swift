/// Builds JSON schemas (2020-12, as OpenAPI 3.1 takes them).
enum Schema {
  static func reference(_ name: String) -> JSONValue {
    ["$ref": .string("#/components/schemas/\(name)")]
  }

  static func string(_ description: String = "", maximum: Int? = nil) -> JSONValue {
    var schema: [String: JSONValue] = ["type": "string"]
    if !description.isEmpty { schema["description"] = .string(description) }
    if let maximum {
      schema["minLength"] = 1
      schema["maxLength"] = .integer(maximum)
    }
    return .object(schema)
  }

  static func pattern(_ pattern: String, _ description: String = "", maximum: Int? = nil)
    -> JSONValue
  {
    string(description, maximum: maximum).adding(["pattern": .string(pattern)])
  }

  static func choice(_ values: [String], _ description: String = "") -> JSONValue {
    string(description).adding(["enum": .array(values.map { .string($0) })])
  }

  static func integer(
    _ description: String = "", minimum: Int? = nil, maximum: Int? = nil
  ) -> JSONValue {
    var schema: [String: JSONValue] = ["type": "integer"]
    if !description.isEmpty { schema["description"] = .string(description) }
    if let minimum { schema["minimum"] = .integer(minimum) }
    if let maximum { schema["maximum"] = .integer(maximum) }
    return .object(schema)
  }

  static func number(
    _ description: String = "", minimum: Double? = nil, maximum: Double? = nil
  ) -> JSONValue {
    var schema: [String: JSONValue] = ["type": "number"]
    if !description.isEmpty { schema["description"] = .string(description) }
    if let minimum { schema["minimum"] = .number(minimum) }
    if let maximum { schema["maximum"] = .number(maximum) }
    return .object(schema)
  }

  static func boolean(_ description: String = "") -> JSONValue {
    description.isEmpty
      ? ["type": "boolean"] : ["type": "boolean", "description": .string(description)]
  }

  static func array(_ items: JSONValue, maximum: Int? = nil, minimum: Int? = nil) -> JSONValue {
    var schema: [String: JSONValue] = ["type": "array", "items": items]
    if let maximum { schema["maxItems"] = .integer(maximum) }
    if let minimum { schema["minItems"] = .integer(minimum) }
    return .object(schema)
  }

  static func map(_ values: JSONValue, _ description: String = "") -> JSONValue {
    ["type": "object", "additionalProperties": values, "description": .string(description)]
  }

  /// - Parameters:
  ///   - optional: Properties that may be left out; the others are required.
  ///   - isClosed: Whether other properties are refused.
  static func object(
    _ description: String = "", _ properties: [String: JSONValue], optional: Set<String> = [],
    isClosed: Bool = false
  ) -> JSONValue {
    var schema: [String: JSONValue] = [
      "type": "object", "properties": .object(properties),
      "required": .array(
        properties.keys.filter { !optional.contains($0) }.sorted().map { .string($0) }),
    ]
    if !description.isEmpty { schema["description"] = .string(description) }
    if isClosed { schema["additionalProperties"] = false }
    return .object(schema)
  }

  static func page(of item: String) -> JSONValue {
    object(
      "One page; `next` goes into `?after=`, and is left out on the last page.",
      ["items": array(reference(item)), "next": string()], optional: ["next"])
  }

  static let uuid: JSONValue = ["type": "string", "format": "uuid"]
  static let time: JSONValue = ["type": "string", "format": "date-time"]
  static let digest = pattern("^sha256:[0-9a-f]{64}$", "SHA-256 of the bytes.")
  static let name = pattern(
    "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "a–z, 0–9 and -, not at the ends.", maximum: 63)
}
