import ActivationStatistics
import Artifacts
import Foundation
import Jobs
import Models

/// Puts an artifact's files together. Nothing in them depends on who did the work, when or where.
struct ArtifactAssembly {
  let parameters: PublishParameters
  let rule: PublishRule
  let report: JobReport
  let decision: PublishDecision
  /// Index of the chosen variant.
  let variant: Int
  /// Its tables by name.
  let tables: [String: TrainedTable]
  let histograms: HistogramSet?

  struct File {
    var path: String
    var bytes: Data
  }

  /// Every file, the manifest last.
  func files() throws -> [File] {
    var files = [
      File(
        path: TablesFile.name,
        bytes: try TablesFile(
          tables: tables.mapValues { .init(function: $0.function, table: $0.table) }
        ).encoded()),
      File(path: "evidence/report.json", bytes: try reportJSON().encoded()),
      File(path: "evidence/training.json", bytes: try trainingJSON().encoded()),
    ]
    if let histograms {
      files.append(
        File(path: "evidence/histograms.json", bytes: try Self.summary(histograms).encoded()))
    }
    let listed = files.map {
      ArtifactFile(path: $0.path, digest: ContentDigest(of: $0.bytes), size: $0.bytes.count)
    }
    files.append(File(path: ArtifactManifest.name, bytes: try manifest(listed).encoded()))
    return files
  }

  private func manifest(_ files: [ArtifactFile]) throws -> ArtifactManifest {
    let specification = parameters.specification
    let resolution = parameters.resolution
    let chosen = specification.variants[variant]
    var data = ["calibration": resolution.calibration.digest]
    for (index, evaluation) in resolution.evaluations.enumerated() {
      data["evaluation/\(index)"] = evaluation.data.digest
    }
    let model = try resolution.modelDescription()
    var sites: [String: String] = [:]
    for table in TableNames.of(chosen, sites: model.sites) {
      for site in table.sites { sites[site] = table.name }
    }
    let scores = [("baseline", report.rows.first), ("variant", row)].map { name, row in
      (name, row?.scores.compactMap { $0 } ?? [])
    }
    return ArtifactManifest(
      model: resolution.model.digest, data: data,
      specification: try CanonicalJSON(encoding: specification).withoutPlaces,
      variant: try CanonicalJSON(encoding: chosen), sites: sites,
      tables: tables.mapValues { TableFacts(function: $0.function, table: $0.table) },
      codeVersions: Dictionary(
        uniqueKeysWithValues: TaskKind.allCases.map { ($0.rawValue, $0.codeVersion) }),
      kernelClass: resolution.kernels,
      seeds: [
        "calibration": String(specification.calibration.seed), "training": String(chosen.seed),
        "bootstrap": String(JobPlan.bootstrapSeed),
      ],
      evidence: .object([
        "decision": .string(decision.explanation),
        "scores": try CanonicalJSON(encoding: Dictionary(uniqueKeysWithValues: scores)),
        "largestError": try CanonicalJSON(encoding: row?.largestError),
        "assignment": try CanonicalJSON(encoding: row?.assignment),
      ]), files: files)
  }

  private var row: ReportRow? { report.rows.first { $0.variant == variant } }

  private func reportJSON() throws -> CanonicalJSON {
    try CanonicalJSON(encoding: report).withoutPlaces
  }

  /// How each table was made, how well it fits, and what proves that.
  private func trainingJSON() throws -> CanonicalJSON {
    .object(
      try tables.mapValues { table in
        .object([
          "certificate": try CanonicalJSON(encoding: table.certificate),
          "withheld": table.withheld.map(CanonicalJSON.string) ?? .null,
          "maximumError": .number(table.maximumError),
          "meanSquaredError": .number(table.meanSquaredError),
          "notes": .object(table.notes.mapValues(CanonicalJSON.string)),
        ])
      })
  }

  /// What each site received, in short.
  private static func summary(_ set: HistogramSet) throws -> CanonicalJSON {
    func text(_ value: Float?) -> CanonicalJSON { value.map { .string($0.description) } ?? .null }
    return .object(
      try set.sites.mapValues { bytes in
        let histogram = try ActivationHistogram(decoding: [UInt8](bytes))
        var ranges: [String: CanonicalJSON] = [:]
        for percentile in [99.0, 99.9, 99.99, 99.999] {
          let range = histogram.range(percentile: percentile)
          ranges[percentile.description] = .array([
            text(range?.lowerBound), text(range?.upperBound),
          ])
        }
        return .object([
          "count": .string(String(histogram.count)), "minimum": text(histogram.minimum),
          "maximum": text(histogram.maximum), "ranges": .object(ranges),
        ])
      })
  }
}

extension CanonicalJSON {
  /// Without what says where something lay or what somebody called the job: the members `source`,
  /// `name` and `metadata` of every object.
  fileprivate var withoutPlaces: CanonicalJSON {
    switch self {
    case .object(let members):
      .object(
        members.filter { !["source", "name", "metadata"].contains($0.key) }
          .mapValues(\.withoutPlaces))
    case .array(let values): .array(values.map(\.withoutPlaces))
    case .null, .bool, .integer, .string: self
    }
  }
}
