import Foundation
import Jobs
import Testing

/// Reports that versions before ours have stored or sent.
struct OlderReportTests {
  /// As the first version wrote it, which did not list tables; shortened to a variant of two.
  private static let withoutTables = #"""
    {"calibration":{"digest":"sha256:0c0eda5987e5a1efe1ba38a6159d65f13b3c3d46f2fc77098be186fb1019f5c2",
    "source":"file:/calibration"},"calibrationSamples":160,
    "decision":{"explanation":"nn-lut 8 fp32 per-site has the least area",
    "variant":2},
    "evaluations":[{"data":{"digest":"sha256:c31ffdbb078b9f8dfde5c2b3e66b3f5173f2a102922d0532559edd6e089916b2",
    "source":"file:/data"},"items":{"dev":40,"test":40},"kind":"retrieval","metric":"mrr@10",
    "report":"test","select":"dev"}],
    "model":{"digest":"sha256:2d7f8d05c4fa657137093349964018c8c3188fb76d8a95e9a87621d579687d51",
    "source":"file:/model"},"name":"tiny","rows":[{"label":"baseline",
    "scores":[{"differences":{},"metrics":{"test":{"mrr@10":0.034444444444444444}},
    "unusableTexts":0}]},{"hardware":{"fit":{"points":[{"isFitted":true,"measuredArea":1366,
    "measuredDelay":1150,"modelledArea":1366,"modelledDelay":1150,
    "unit":"int32 programmable"}]},"hardwired":{"area":{"arithmetic":785,"select":382.5,
    "storage":0},"delayPicoseconds":3697,"initiationInterval":1,"latencyCycles":3,
    "level":"analytic"},"programmable":{"area":{"arithmetic":785,"select":323.6,
    "storage":329.4},"delayPicoseconds":3697,"initiationInterval":1,"latencyCycles":3,
    "level":"analytic"},"rivals":{"i-bert-shared-sequential":{"area":{"arithmetic":1113,
    "select":0,"storage":0},"delayPicoseconds":1639,"level":"analytic"}},"tableBits":11968},
    "label":"linear-lut 16 fp32 per-site","largestError":{"function":"reciprocal",
    "table":"encoder.layer.1.attention.softmax.reciprocal","value":0.1427885213372866},
    "scores":[{"differences":{"test":{"mrr@10":{"difference":-0.0061111111111111106,"flips":3,
    "items":40,"lower":-0.016673611111111115,"upper":0.0011180555555555507}}},
    "metrics":{"test":{"mrr@10":0.028333333333333332}},"unusableTexts":0}],"variant":0}]}
    """#

  @Test func aReportThatListsNoTablesIsRead() throws {
    let report = try WireFormat.decoder().decode(
      JobReport.self, from: Data(Self.withoutTables.utf8))
    #expect(report.rows.count == 2 && report.rows.allSatisfy { $0.tables.isEmpty })
    #expect(report.rows[0].variant == nil && report.rows[1].variant == 0)
    #expect(report.rows[1].assignment == nil && report.rows[1].meanEntries == nil)
    #expect(report.rows[1].largestError?.function == .reciprocal)
    #expect((report.rows[1].hardware?.programmable.area.total ?? 0) > 1000)
    #expect(report.decision?.variant != nil)
  }
}
