import Foundation
import Jobs
import Models
import Testing

@testable import Transformers
@testable import Worker

/// A model whose numbers overflow is refused by the name of the site where that begins.
struct FiniteModelTests {
  @Test func theFirstInExecutionOrderIsNamed() throws {
    let harness = try ExecutorHarness()
    let configuration = try Data(
      contentsOf: harness.folder.appending(path: "model/config.json"))
    let model = try ModelDescription(configuration: configuration)
    func fault(_ seen: [(site: Int, isAnswer: Bool, value: Float)]) -> FiniteSites.Fault? {
      var sites = FiniteSites(model)
      for one in seen {
        [1, one.value].withUnsafeBufferPointer {
          sites.see(site: one.site, isAnswer: one.isAnswer, $0)
        }
      }
      return sites.fault
    }
    #expect(fault([(0, false, 2), (0, true, 3)]) == nil)
    let names = model.sites.map(\.name)
    // Of two batches the later one may go wrong earlier.
    #expect(
      fault([(3, false, .nan), (2, true, .infinity), (4, false, .nan)])
        == .init(site: names[2], isAnswer: true))
    #expect(
      fault([(2, true, .nan), (2, false, -.infinity)]) == .init(site: names[2], isAnswer: false))
  }

  /// Weights × 1e20 in the second layer: collection and the baseline's evaluation name a site of it.
  @Test func weightsThatOverflowNameTheirSite() throws {
    let harness = try ExecutorHarness()
    try harness.scaleWeights(of: "encoder.layer.1.attention.self", by: 1e20)
    let job = try harness.specification
    let resolution = try ResultDocument.decode(
      Resolution.self, from: harness.run(JobPlan.first(job)))
    let tasks = try JobPlan.expand(job, resolution)
    for name in ["collect/0000", "evaluate/baseline/0/0000"] {
      let task = try #require(tasks.first { $0.name == name })
      let failure = #expect(throws: TaskFailure.self) { try harness.run(task) }
      #expect(failure?.code == "bad-input" && failure?.isRetryable == false)
      #expect(
        failure?.message.hasPrefix("encoder.layer.1.attention.softmax.exp: it receives NaN")
          == true, "\(name): \(failure?.message ?? "")")
    }
  }
}

extension ExecutorHarness {
  /// Multiplies the model's float32 tensors whose names contain `part`.
  fileprivate func scaleWeights(of part: String, by factor: Float) throws {
    let place = folder.appending(path: "model/model.safetensors")
    var bytes = try Data(contentsOf: place)
    let length = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let header = try #require(
      JSONSerialization.jsonObject(with: bytes[8..<8 + length]) as? [String: Any])
    for (name, tensor) in header where name.contains(part) {
      let offsets = try #require(
        (tensor as? [String: Any])?["data_offsets"] as? [Int], "\(name)")
      for start in stride(from: 8 + length + offsets[0], to: 8 + length + offsets[1], by: 4) {
        var bits: UInt32 = 0
        for byte in 0..<4 { bits |= UInt32(bytes[start + byte]) << UInt32(8 * byte) }
        let scaled = (Float(bitPattern: bits) * factor).bitPattern
        for byte in 0..<4 {
          bytes[start + byte] = UInt8(truncatingIfNeeded: scaled >> UInt32(8 * byte))
        }
      }
    }
    try bytes.write(to: place)
  }
}
