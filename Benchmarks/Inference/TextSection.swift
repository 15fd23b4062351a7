import Foundation
import Models
import Transformers

/// Real text in batches of 32: beside ONNX Runtime padding to the longest in the order of the text,
/// and with texts of like length together.
struct TextSection {
  let name: String
  let texts: [String]
  let model: TextModel
  let peer: OnnxPeer
  let rounds: Int

  func lines() throws -> [String] {
    let tokens = texts.map { model.tokenizer.encode($0, maximumLength: model.maximumLength) }
    let ordered = tokens.enumerated().sorted {
      ($0.element.count, $0.offset) < ($1.element.count, $1.offset)
    }.map(\.element)
    let plain = try takingTurns(
      rounds, { try model.run(tokens).seconds }, { try seconds(of: tokens) })
    let bucketed = try takingTurns(
      rounds, { try model.run(tokens).seconds }, { try seconds(of: ordered) })
    let count = Double(texts.count)
    return [
      "| \(name), \(texts.count) texts | nnlut sentences/s | ONNX Runtime | ratio |",
      "|---|---|---|---|",
      "| padded to the longest | \(fixed(count / plain.first, 1)) | "
        + "\(fixed(count / plain.second, 1)) | \(fixed(plain.second / plain.first)) |",
      "| length buckets | \(fixed(count / bucketed.first, 1)) | "
        + "\(fixed(count / bucketed.second, 1)) | \(fixed(bucketed.second / bucketed.first)) |",
    ]
  }

  private func seconds(of tokens: [[Int32]]) throws -> Double {
    var sum = 0.0
    for start in stride(from: 0, to: tokens.count, by: 32) {
      sum += try peer.run(Array(tokens[start..<min(start + 32, tokens.count)])).seconds
    }
    return sum
  }
}
