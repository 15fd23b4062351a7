extension DecodingError {
  /// The decoder's own words, short, with the key they are about.
  var reason: String {
    switch self {
    case .keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" has the wrong type"
    case .dataCorrupted: "not valid JSON"
    @unknown default: "not valid JSON"
    }
  }
}
