import Foundation
import Safetensors
import Testing

@Suite("Damaged safetensors files")
struct MutationTests {
  /// A small generator, so that a failure can be repeated from its seed.
  private struct Numbers {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  private func original() throws -> Data {
    var writer = SafetensorsWriter(metadata: ["format": "pt"])
    try writer.add(name: "a.weight", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6])
    try writer.add(name: "a.bias", dtype: .f16, shape: [3], bytes: Data(count: 6))
    try writer.add(name: "ids", dtype: .i64, shape: [1, 2], bytes: Data(count: 16))
    return try writer.encoded()
  }

  @Test("a mutated file is read within its bounds or refused", arguments: 0..<4)
  func mutations(seed: UInt64) throws {
    let original = try original()
    let interesting = Array("\"{}[]:,0129\\u ".utf8) + [0, 0x7F, 0x80, 0xFF]
    var numbers = Numbers(state: seed)
    var refused = 0
    let rounds = 1500
    for round in 0..<rounds {
      var bytes = original
      for _ in 0...numbers.next(below: 3) where !bytes.isEmpty {
        let position = numbers.next(below: bytes.count)
        switch numbers.next(below: 5) {
        case 0: bytes[position] ^= UInt8(1 << numbers.next(below: 8))
        case 1: bytes[position] = interesting[numbers.next(below: interesting.count)]
        case 2: bytes.remove(at: position)
        case 3: bytes.insert(interesting[numbers.next(below: interesting.count)], at: position)
        default: bytes = Data(bytes.prefix(position))
        }
      }
      try withFile(bytes) { url in
        do {
          let file = try SafetensorsFile(contentsOf: url)
          var total = 0
          for name in file.tensorNames {
            let tensor = try file.tensor(name)
            total += tensor.withBytes { $0.reduce(0) { $0 &+ Int($1) & 0 } + $0.count }
            if [.f32, .f16, .bf16].contains(tensor.dtype) {
              #expect(try tensor.floats().count == tensor.count, "seed \(seed), round \(round)")
            }
          }
          #expect(total <= bytes.count, "seed \(seed), round \(round)")
        } catch let error as SafetensorsError {
          refused += 1
          #expect(error.file == url.path && !error.problem.isEmpty)
        }
      }
    }
    #expect(refused > rounds / 2)
    #expect(refused < rounds, "some mutations only touch values")
  }
}
