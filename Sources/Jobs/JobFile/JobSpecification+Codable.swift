import Foundation
import Models

extension JobSpecification: Codable {
  /// The job file's own shape.
  private struct JobFile: Codable {
    var apiVersion: String
    var kind: String
    var metadata: Metadata
    var model: Model
    var calibration: Calibration
    var evaluation: [Evaluation]
    var variants: [Variant]
    var publish: Publish?
    /// Left out where it is `any`.
    var require: VariantRequirement?
    /// Left out where nothing is said.
    var scheduling: Scheduling?
  }
  private struct Metadata: Codable { var name: String }
  private struct Scheduling: Codable {
    var priority: Int?
    var weight: Double?
    var requires: [String: Requires]?
  }
  private struct Requires: Codable {
    var labels: [String]?
    var memory: String?
  }
  private struct Source: Codable { var source: String }
  private struct Model: Codable {
    var source: String
    /// Left out where it is fp32.
    var precision: ModelPrecision?
  }
  private struct Calibration: Codable {
    var data: Source
    var samples: Int
    var range: RangePolicy
    var seed: UInt64
  }
  private struct Evaluation: Codable {
    var kind: EvaluationKind
    var data: Source
    var metric: String
    var select: String
    var report: String
    var columns: [String: String]?
    var labels: [String]?

    var layout: EvaluationLayout? {
      columns == nil && labels == nil ? nil : EvaluationLayout(columns: columns, labels: labels)
    }
  }
  private struct Publish: Codable {
    var name: String
    var require: Requirement
    var minimize: PublishRule.Minimize
  }
  private struct Requirement: Codable { var maxDrop: Double }

  public init(from decoder: any Decoder) throws {
    let file = try JobFile(from: decoder)
    self.init(
      name: file.metadata.name, model: file.model.source,
      precision: file.model.precision ?? .fp32,
      calibration: CalibrationSpecification(
        source: file.calibration.data.source, samples: file.calibration.samples,
        range: file.calibration.range, seed: file.calibration.seed),
      evaluations: file.evaluation.map {
        EvaluationSpecification(
          kind: $0.kind, source: $0.data.source, metric: $0.metric, select: $0.select,
          report: $0.report,
          layout: $0.layout)
      },
      variants: file.variants,
      publish: file.publish.map {
        PublishRule(name: $0.name, maximumDrop: $0.require.maxDrop, minimize: $0.minimize)
      },
      scheduling: file.scheduling.map { scheduling in
        JobScheduling(
          priority: scheduling.priority ?? 0, weight: scheduling.weight ?? 1,
          requirements: (scheduling.requires ?? [:]).reduce(into: [:]) { found, entry in
            guard let kind = TaskKind(rawValue: entry.key) else { return }
            found[kind] = TaskRequirement(
              labels: entry.value.labels ?? [],
              memoryMiB: entry.value.memory.flatMap(MemorySize.mebibytes) ?? 0)
          })
      } ?? JobScheduling(),
      requires: file.require ?? .any)
  }

  /// The same job without what concerns its place among others.
  public var unscheduled: JobSpecification {
    var job = self
    job.scheduling = JobScheduling()
    return job
  }

  public func encode(to encoder: any Encoder) throws {
    try JobFile(
      apiVersion: Self.apiVersion, kind: Self.kind, metadata: Metadata(name: name),
      model: Model(source: model, precision: precision == .fp32 ? nil : precision),
      calibration: Calibration(
        data: Source(source: calibration.source), samples: calibration.samples,
        range: calibration.range, seed: calibration.seed),
      evaluation: evaluations.map {
        Evaluation(
          kind: $0.kind, data: Source(source: $0.source), metric: $0.metric, select: $0.select,
          report: $0.report, columns: $0.layout?.columns, labels: $0.layout?.labels)
      },
      variants: variants,
      publish: publish.map {
        Publish(
          name: $0.name, require: Requirement(maxDrop: $0.maximumDrop), minimize: $0.minimize)
      },
      require: requires == .any ? nil : requires,
      scheduling: scheduling == JobScheduling() ? nil : encodedScheduling
    ).encode(to: encoder)
  }

  private var encodedScheduling: Scheduling {
    let requires = scheduling.requirements.filter { !$0.value.isEmpty }
    return Scheduling(
      priority: scheduling.priority == 0 ? nil : scheduling.priority,
      weight: scheduling.weight == 1 ? nil : scheduling.weight,
      requires: requires.isEmpty
        ? nil
        : Dictionary(
          uniqueKeysWithValues: requires.map {
            (
              $0.key.rawValue,
              Requires(
                labels: $0.value.labels.isEmpty ? nil : $0.value.labels,
                memory: $0.value.memoryMiB == 0 ? nil : "\($0.value.memoryMiB)MiB")
            )
          }))
  }

  /// JSON in the job file's own shape, which ``init(yaml:file:)`` reads again.
  public func encoded() throws -> Data { try ResultDocument.encode(self) }

  /// The same job with every relative `file:` source made absolute.
  /// - Parameter folder: The job file's folder.
  public func resolvingSources(relativeTo folder: URL) -> JobSpecification {
    func resolved(_ source: String) -> String {
      guard source.hasPrefix("file:") else { return source }
      let path = String(source.dropFirst("file:".count))
      guard !path.hasPrefix("/") else { return source }
      let url = URL(fileURLWithPath: folder.path, isDirectory: true).appendingPathComponent(path)
      return "file:" + url.standardizedFileURL.path
    }
    var resolvedJob = self
    resolvedJob.model = resolved(model)
    resolvedJob.calibration.source = resolved(calibration.source)
    for index in evaluations.indices {
      resolvedJob.evaluations[index].source = resolved(evaluations[index].source)
    }
    return resolvedJob
  }
}

/// `"observed"`, `"fixed"` or `{"percentile": 99.999}`.
extension RangePolicy: Codable {
  private enum CodingKeys: String, CodingKey { case percentile }

  public init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: CodingKeys.self) {
      self = .percentile(try keyed.decode(Double.self, forKey: .percentile))
      return
    }
    let container = try decoder.singleValueContainer()
    switch try container.decode(String.self) {
    case "observed": self = .observed
    case "fixed": self = .fixed
    default:
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a range is observed, fixed or {percentile: …}")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .observed, .fixed:
      var container = encoder.singleValueContainer()
      try container.encode(self == .observed ? "observed" : "fixed")
    case .percentile(let value):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(value, forKey: .percentile)
    }
  }
}
