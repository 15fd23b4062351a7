import CKernels
import Foundation
import Models
import Testing

@testable import Transformers

@Suite("Models with float16 at their sites")
struct HalfModelTests {
  private static func half(_ value: Float) -> Float {
    value.isNaN ? Float(bitPattern: 0x7FC0_0000) : Float(Float16(value))
  }

  @Test("a site rounds what enters and what leaves, and the recorder sees what enters")
  func seam() throws {
    let inputs: [Float] = [
      0.1, -3.3, 1.000_3, 65519, 65520, -70000, 1e-9, -6e-8, .infinity, -.infinity, .nan,
    ]
    let recorder = KeepingRecorder()
    let seam = SiteSeam(
      operators: [.exact(.gelu), .exact(.rsqrt)], recorder: recorder, roundsToHalf: true)
    for site in 0...1 {
      var values = inputs
      values.withUnsafeMutableBufferPointer { seam.evaluate(site, $0) }
      let entering = inputs.map(Self.half)
      #expect(recorder.values[site]?.map(\.bitPattern) == entering.map(\.bitPattern))
      var expected = entering
      if site == 0 {
        exact_gelu(&expected, expected.count)
      } else {
        expected = expected.map { 1 / $0.squareRoot() }
      }
      #expect(values.map(\.bitPattern) == expected.map { Self.half($0).bitPattern })
    }
  }

  @Test("every site of every family; the rest stays float32", arguments: FamilyAgreementTests.names)
  func families(name: String) throws {
    let fixture = try FamilyFixture.named(name)
    try fixture.withDirectory { directory in
      let tokens = fixture.sequences.map(\.tokens)
      let plain = try TextModel(directory: directory).rows(tokens)
      let model = try TextModel(directory: directory, precision: .fp16)
      let recorder = LinearInputRecorder()
      let rounded = try model.rows(tokens, recorder: recorder)
      #expect(recorder.sites.count == model.description.sites.count)
      for (index, site) in model.description.sites.enumerated() {
        let values = recorder.sites[index] ?? []
        #expect(values.allSatisfy { Self.half($0) == $0 }, "\(site.name)")
      }
      #expect(largestDifference(rounded.joined().map { $0 }, plain.joined().map { $0 }) < 0.03)
      #expect(rounded != plain)
      let inputs = recorder.inputs.values.joined()
      #expect(inputs.contains { Self.half($0) != $0 }, "what linear layers read is float32")
    }
  }
}
