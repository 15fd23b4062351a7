import Foundation
import Models
import Safetensors

/// A BERT encoder in float64 with plain loops, one sequence at a time: what the engine is compared
/// with where its functions are replaced. `evaluate(site, x)` is the function at a site.
struct ReferenceEncoder {
  let model: ModelDescription
  let tensors: [String: [Double]]
  let evaluate: (Int, Double) -> Double

  init(directory: URL, model: ModelDescription, evaluate: @escaping (Int, Double) -> Double) throws
  {
    let file = try SafetensorsFile(contentsOf: directory.appending(path: "model.safetensors"))
    var tensors: [String: [Double]] = [:]
    for name in file.tensorNames { tensors[name] = try file.tensor(name).floats().map(Double.init) }
    self.model = model
    self.tensors = tensors
    self.evaluate = evaluate
  }

  /// The last hidden states, one row per token.
  func hiddenStates(_ tokens: [Int32]) throws -> [[Double]] {
    var site = 0
    func next() -> Int {
      defer { site += 1 }
      return site
    }
    let words = try tensor("embeddings.word_embeddings.weight")
    let positions = try tensor("embeddings.position_embeddings.weight")
    let types = try tensor("embeddings.token_type_embeddings.weight")
    let width = model.hiddenSize
    var hidden = tokens.enumerated().map { position, token in
      (0..<width).map {
        words[Int(token) * width + $0] + types[$0] + positions[position * width + $0]
      }
    }
    hidden = try layerNorm("embeddings.LayerNorm", hidden, next())
    for layer in 0..<model.layers {
      let prefix = "encoder.layer.\(layer)"
      let query = try linear("\(prefix).attention.self.query", hidden)
      let key = try linear("\(prefix).attention.self.key", hidden)
      let value = try linear("\(prefix).attention.self.value", hidden)
      let context = attention(query, key, value, exp: next(), reciprocal: next())
      let attended = try linear("\(prefix).attention.output.dense", context)
      hidden = try layerNorm("\(prefix).attention.output.LayerNorm", sum(hidden, attended), next())
      let gelu = next()
      let inner = try linear("\(prefix).intermediate.dense", hidden)
        .map { $0.map { evaluate(gelu, $0) } }
      let output = try linear("\(prefix).output.dense", inner)
      hidden = try layerNorm("\(prefix).output.LayerNorm", sum(hidden, output), next())
    }
    return hidden
  }

  private func attention(
    _ query: [[Double]], _ key: [[Double]], _ value: [[Double]], exp: Int, reciprocal: Int
  ) -> [[Double]] {
    let size = model.headSize
    return query.map { queryRow in
      (0..<model.heads).flatMap { head -> [Double] in
        let columns = (head * size)..<((head + 1) * size)
        let scores = key.map { keyRow in
          columns.reduce(0) { $0 + queryRow[$1] * keyRow[$1] } / Double(size).squareRoot()
        }
        let maximum = scores.max() ?? 0
        let powers = scores.map { evaluate(exp, $0 - maximum) }
        let factor = evaluate(reciprocal, powers.reduce(0, +))
        return columns.map { column in
          zip(powers, value).reduce(0) { $0 + $1.0 * factor * $1.1[column] }
        }
      }
    }
  }

  private func layerNorm(_ name: String, _ rows: [[Double]], _ site: Int) throws -> [[Double]] {
    let weight = try tensor("\(name).weight")
    let bias = try tensor("\(name).bias")
    return rows.map { row in
      let mean = row.reduce(0, +) / Double(row.count)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
      let factor = evaluate(site, variance + Double(model.layerNormEpsilon))
      return row.indices.map { (row[$0] - mean) * factor * weight[$0] + bias[$0] }
    }
  }

  private func linear(_ name: String, _ rows: [[Double]]) throws -> [[Double]] {
    let weight = try tensor("\(name).weight")
    let bias = try tensor("\(name).bias")
    return rows.map { row in
      bias.indices.map { output in
        row.indices.reduce(bias[output]) { $0 + row[$1] * weight[output * row.count + $1] }
      }
    }
  }

  private func sum(_ left: [[Double]], _ right: [[Double]]) -> [[Double]] {
    zip(left, right).map { zip($0, $1).map(+) }
  }

  struct Missing: Error { var name: String }

  private func tensor(_ name: String) throws -> [Double] {
    guard let tensor = tensors[name] else { throw Missing(name: name) }
    return tensor
  }
}
