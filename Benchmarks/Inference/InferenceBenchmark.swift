import Evaluation
import Foundation
import Models
import Transformers

/// `make bench-inference`: the forward pass beside ONNX Runtime, and what the service adds to it.
///
/// Arguments: a Python with onnxruntime, the MiniLM folder, a file of text, a scratch folder.
@main
struct InferenceBenchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count == 4 else {
      throw BenchmarkError(
        problem: "usage: InferenceBenchmark PYTHON MINILM TEXTS SCRATCH (make bench-inference)")
    }
    let miniLM = URL(filePath: arguments[1])
    let texts = try sample(of: URL(filePath: arguments[2]))
    let base = URL(filePath: arguments[3]).appending(path: "bert-base")
    print("Kernels: \(KernelClass.identity). CPU time, one thread, medians of turns.\n")

    let peer = try OnnxPeer(python: arguments[0])
    let model = try TextModel(directory: miniLM)
    try peer.load(miniLM)
    printed(try ShapeSection(name: "MiniLM-L6", model: model, peer: peer, rounds: 7).lines())
    printed(
      try TextSection(name: "MiniLM-L6", texts: texts, model: model, peer: peer, rounds: 5).lines())
    printed(try OverheadSection(texts: texts, model: model, rounds: 5).lines())

    try peer.makeRandomModel(
      base,
      [
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
        "intermediate_size": 3072, "vocab_size": 30_522, "max_position_embeddings": 512,
        "type_vocab_size": 2,
      ])
    try peer.load(base)
    let large = try TextModel(directory: base)
    printed(try ShapeSection(name: "BERT-base size", model: large, peer: peer, rounds: 3).lines())
  }

  /// Texts spread over the file.
  private static func sample(of file: URL) throws -> [String] {
    let records = try TextRecords(contentsOf: file)
    return TextRecords.draw(samples: 512, of: records.count, seed: 1).map { records[$0] }
  }

  private static func printed(_ lines: [String]) {
    print(lines.joined(separator: "\n") + "\n")
    fflush(nil)
  }
}
