import Foundation
import Models
import Transformers

/// Equal padded shapes: sentences per second beside ONNX Runtime, one thread each.
struct ShapeSection {
  let name: String
  let model: TextModel
  let peer: OnnxPeer
  let rounds: Int

  func lines() throws -> [String] {
    var lines = [
      "| \(name) | batch | length | nnlut sentences/s | ONNX Runtime | ratio |",
      "|---|---|---|---|---|---|",
    ]
    for batch in [8, 32] {
      for length in [32, 64, 128] {
        let tokens = Self.tokens(
          batch: batch, length: length, vocabulary: model.description.vocabularySize)
        let own = try model.run(tokens).sum
        let other = try peer.run(tokens).sum
        guard abs(own - other) <= 1e-4 * abs(other) else {
          throw BenchmarkError(problem: "the two compute different things: \(own) and \(other)")
        }
        let times = try takingTurns(
          rounds, { try model.run(tokens).seconds }, { try peer.run(tokens).seconds })
        lines.append(
          "| | \(batch) | \(length) | \(fixed(Double(batch) / times.first, 1)) | "
            + "\(fixed(Double(batch) / times.second, 1)) | \(fixed(times.second / times.first)) |")
      }
    }
    return lines
  }

  /// Pseudo-random tokens beyond the special ones, the same on every machine.
  static func tokens(batch: Int, length: Int, vocabulary: Int) -> [[Int32]] {
    var state: UInt64 = 1
    return (0..<batch).map { _ in
      (0..<length).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int32(1000 + Int(state >> 33) % max(1, vocabulary - 1000))
      }
    }
  }
}
