/// The result of a task of one variant: what the task makes, or that the variant cannot be made. The
/// latter is a result too and goes from a table to all tasks that need it, so that a variant that
/// cannot be made fails alone.
///
/// What is made is encoded as it is, anything else as `{"notMade": …}`.
public enum VariantResult<Value: Codable & Hashable & Sendable>: Hashable, Sendable {
  case made(Value)
  case notMade(NotMade)

  public var value: Value? { if case .made(let value) = self { value } else { nil } }
  public var notMade: NotMade? { if case .notMade(let found) = self { found } else { nil } }
}

extension VariantResult: Codable {
  private enum CodingKeys: String, CodingKey { case notMade }

  public init(from decoder: any Decoder) throws {
    let container = try? decoder.container(keyedBy: CodingKeys.self)
    if let found = try container?.decodeIfPresent(NotMade.self, forKey: .notMade) {
      self = .notMade(found)
    } else {
      self = .made(try Value(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .made(let value): try value.encode(to: encoder)
    case .notMade(let found):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(found, forKey: .notMade)
    }
  }
}

/// Why a variant cannot be made: the tables that there cannot be.
public struct NotMade: Hashable, Codable, Sendable {
  /// At least one, in execution order where that is known, else ascending by name.
  public var tables: [Table]

  public struct Table: Hashable, Codable, Sendable {
    /// Its site, its function when shared, or `assignment`: the choice of `entries: auto` as a whole.
    public var table: String
    /// For people.
    public var reason: String

    public init(table: String, reason: String) {
      self.table = table
      self.reason = reason
    }
  }

  public init(tables: [Table]) { self.tables = tables }

  public init(table: String, reason: String) {
    self.init(tables: [Table(table: table, reason: reason)])
  }

  /// One of several that a task was given.
  public init(_ parts: [NotMade]) {
    var tables: [Table] = []
    for part in parts {
      for table in part.tables where !tables.contains(table) { tables.append(table) }
    }
    self.init(tables: tables)
  }

  /// Each reason once, with the first of the tables that it holds for.
  public var explanation: String {
    var reasons: [(text: String, tables: [String])] = []
    for table in tables {
      if let index = reasons.firstIndex(where: { $0.text == table.reason }) {
        reasons[index].tables.append(table.table)
      } else {
        reasons.append((table.reason, [table.table]))
      }
    }
    let shown = reasons.prefix(Self.shownReasons).map { reason in
      let others = reason.tables.count - 1
      return reason.tables[0] + (others > 0 ? " and \(others) more" : "") + ": \(reason.text)"
    }
    let hidden = reasons.count - shown.count
    return shown.joined(separator: "; ") + (hidden > 0 ? "; and \(hidden) more reasons" : "")
  }

  private static let shownReasons = 3
}
