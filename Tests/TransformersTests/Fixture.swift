import Foundation

/// Reference numbers that `scripts/fixtures_transformers.py` computed with Hugging Face
/// `transformers`.
struct Fixture: Decodable {
  struct Sequence: Decodable {
    var tokens: [Int32]
    var hidden: [Float]
  }

  struct Text: Decodable {
    var text: String
    var tokens: [Int32]
    var embedding: [Float]
  }

  var sequences: [Sequence]?
  var texts: [Text]

  static func load(_ name: String) throws -> Self {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(name)")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
  }
}

/// The largest difference, relative to the reference where that is above 1 and absolute below.
func largestDifference(_ values: some Collection<Float>, _ reference: some Collection<Float>)
  -> Float
{
  guard values.count == reference.count else { return .infinity }
  return zip(values, reference).map { abs($0 - $1) / max(1, abs($1)) }
    .reduce(0) { $1.isNaN ? .infinity : max($0, $1) }
}
