import LookupTables

/// A list that ends where it gets too long.
private struct LimitedList: Codable {
  /// The most numbers of a witness.
  static let limit = 1_000_000

  var values: [Double]

  init(_ values: [Double]) {
    self.values = values
  }

  init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    values = []
    while !container.isAtEnd {
      guard values.count < Self.limit else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "more than \(Self.limit) numbers")
      }
      values.append(try container.decode(ExactNumber<Double>.self).value)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for value in values { try container.encode(ExactNumber(value)) }
  }
}

/// Encoded as `["<x>", "<y>"]`.
extension Anchor: Codable {
  /// - Throws: `DecodingError` when it is no pair of finite numbers.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    x = try container.decode(ExactNumber<Double>.self).value
    y = try container.decode(ExactNumber<Double>.self).value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(ExactNumber(x))
    try container.encode(ExactNumber(y))
  }
}

/// Encoded as an object whose `kind` is `alternations` (with `triples`), `cells` (with `edges`),
/// `tube` (with `positions`) or `exhaustive`.
extension BoundWitness: Codable {
  private enum CodingKeys: String, CodingKey { case kind, triples, edges, positions }

  /// - Throws: `DecodingError` when the kind is unknown or its numbers are not valid.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let kind = try container.decode(String.self, forKey: .kind)
    func refuse(_ key: CodingKeys, _ what: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: what)
    }
    switch kind {
    case "alternations":
      var list = try container.nestedUnkeyedContainer(forKey: .triples)
      var triples: [[Double]] = []
      while !list.isAtEnd {
        let triple = try list.decode(LimitedList.self).values
        guard triple.count == 3 || triple.count == 1, triples.count < LimitedList.limit else {
          throw refuse(.triples, "are no triples or single positions, at most \(LimitedList.limit)")
        }
        triples.append(triple)
      }
      self = .alternations(triples)
    case "cells":
      let edges = try container.decode(LimitedList.self, forKey: .edges).values
      // The programme's effort grows with the square.
      guard edges.count <= 100_000 else { throw refuse(.edges, "more than 100000 edges") }
      self = .cells(edges)
    case "tube":
      self = .tube(try container.decode(LimitedList.self, forKey: .positions).values)
    case "exhaustive": self = .exhaustive
    default: throw refuse(.kind, "'\(kind.prefix(40))' is unknown to this program")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .alternations(let triples):
      try container.encode("alternations", forKey: .kind)
      try container.encode(triples.map(LimitedList.init), forKey: .triples)
    case .cells(let edges):
      try container.encode("cells", forKey: .kind)
      try container.encode(LimitedList(edges), forKey: .edges)
    case .tube(let positions):
      try container.encode("tube", forKey: .kind)
      try container.encode(LimitedList(positions), forKey: .positions)
    case .exhaustive: try container.encode("exhaustive", forKey: .kind)
    }
  }
}

/// Encoded with the value as text and the witness.
extension ProvenBound: Codable {
  private enum CodingKeys: String, CodingKey { case value, witness }

  /// - Throws: `DecodingError`
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    value = try container.decode(ExactNumber<Double>.self, forKey: .value).value
    witness = try container.decode(BoundWitness.self, forKey: .witness)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(ExactNumber(value), forKey: .value)
    try container.encode(witness, forKey: .witness)
  }
}

/// Encoded with every number as text that gives the same bits back.
extension Certificate: Codable {
  private enum CodingKeys: String, CodingKey {
    case objective, continuity, entries, lower, upper, anchors, endsOnIdentity, isWeighted, floor,
      relativeFloor, maximumError, meanSquaredError, bound, freeBound
  }

  /// - Throws: `DecodingError`
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func number(_ key: CodingKeys) throws -> Double {
      try container.decode(ExactNumber<Double>.self, forKey: key).value
    }
    self.init(
      objective: try container.decode(Objective.self, forKey: .objective),
      continuity: try container.decode(Continuity.self, forKey: .continuity),
      entries: try container.decode(Int.self, forKey: .entries), lower: try number(.lower),
      upper: try number(.upper), anchors: try container.decode([Anchor].self, forKey: .anchors),
      endsOnIdentity: try container.decode(Bool.self, forKey: .endsOnIdentity),
      isWeighted: try container.decode(Bool.self, forKey: .isWeighted),
      // Certificates that were stored before the rule was part of the problem.
      floor: try container.decodeIfPresent(FloorRule.self, forKey: .floor) ?? .none,
      relativeFloor: try container.decodeIfPresent(
        ExactNumber<Double>.self, forKey: .relativeFloor)?.value,
      maximumError: try number(.maximumError), meanSquaredError: try number(.meanSquaredError),
      bound: try container.decode(ProvenBound.self, forKey: .bound),
      freeBound: try container.decode(ProvenBound.self, forKey: .freeBound))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(objective, forKey: .objective)
    try container.encode(continuity, forKey: .continuity)
    try container.encode(entries, forKey: .entries)
    try container.encode(ExactNumber(lower), forKey: .lower)
    try container.encode(ExactNumber(upper), forKey: .upper)
    try container.encode(anchors, forKey: .anchors)
    try container.encode(endsOnIdentity, forKey: .endsOnIdentity)
    try container.encode(isWeighted, forKey: .isWeighted)
    try container.encode(floor, forKey: .floor)
    try container.encodeIfPresent(
      relativeFloor.map { ExactNumber($0) }, forKey: .relativeFloor)
    try container.encode(ExactNumber(maximumError), forKey: .maximumError)
    try container.encode(ExactNumber(meanSquaredError), forKey: .meanSquaredError)
    try container.encode(bound, forKey: .bound)
    try container.encode(freeBound, forKey: .freeBound)
  }
}
