import Foundation
import LookupTables
import Models

extension JobSpecification {
  static let apiVersion = "nnlut/v1"
  static let kind = "CalibrationJob"
  /// Variants after lists are multiplied out.
  static let variantLimit = 256
  static let evaluationLimit = 16

  /// Reads a job file (docs/job-file.md): YAML 1.2, of which JSON is a part.
  ///
  /// - Parameter file: Its name, for messages.
  /// - Throws: ``JobFileError`` that names file, line, column and key.
  public init(yaml text: String, file: String) throws {
    let root = try YAMLDocument.root(of: text, file: file).members(
      known: [
        "apiVersion", "kind", "metadata", "model", "calibration", "evaluation", "variants",
        "publish", "require", "scheduling",
      ])
    for (key, value) in [("apiVersion", Self.apiVersion), ("kind", Self.kind)] {
      let node = try root.required(key)
      guard try node.text() == value else {
        throw node.error("'\(try node.text().prefix(80))' is not known; write \(value)")
      }
    }
    let metadata = try root.required("metadata").members(known: ["name"])
    let model = try root.required("model").members(known: ["source", "precision"])
    let calibration = try CalibrationSpecification(root.required("calibration"))
    let evaluations = try root.required("evaluation").list(limit: Self.evaluationLimit)
      .map(EvaluationSpecification.init)
    try self.init(
      name: Self.name(metadata.required("name")),
      model: Self.source(model.required("source")),
      precision: model["precision"]?.choice(ModelPrecision.self) ?? .fp32,
      calibration: calibration,
      evaluations: evaluations,
      variants: VariantReader(calibrationRange: calibration.range)
        .variants(root.required("variants")),
      publish: root["publish"].map(PublishRule.init),
      scheduling: root["scheduling"].map(JobScheduling.init) ?? JobScheduling(),
      requires: root["require"]?.choice(VariantRequirement.self) ?? .any)
    for (index, evaluation) in evaluations.enumerated()
    where evaluations[..<index].contains(evaluation) {
      throw try root.required("evaluation").list(limit: Self.evaluationLimit)[index].error(
        "the same evaluation stands above; remove one")
    }
  }

  static func name(_ node: YAMLNode) throws -> String {
    let name = try node.text("a name")
    let isPlain = name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
    }
    guard isPlain, name.utf8.count <= 63, !name.hasPrefix("-"), !name.hasSuffix("-") else {
      throw node.error(
        "'\(name.prefix(80))' is no name; write at most 63 of a–z, 0–9 and -, no - at the ends")
    }
    return name
  }

  static func source(_ node: YAMLNode) throws -> String {
    let source = try node.text("a source")
    let schemes = ["file:", "https:", "http:", "s3:", "hf:"]
    guard schemes.contains(where: source.hasPrefix), source.utf8.count <= 4096 else {
      throw node.error(
        "'\(source.prefix(80))' is no source; write file:PATH, https://…, s3://BUCKET/KEY or "
          + "hf://OWNER/NAME")
    }
    return source
  }

  static func dataSource(_ node: YAMLNode) throws -> String {
    try source(node.members(known: ["source"]).required("source"))
  }
}

extension CalibrationSpecification {
  init(_ node: YAMLNode) throws {
    let members = try node.members(known: ["data", "samples", "range", "seed"])
    try self.init(
      source: JobSpecification.dataSource(members.required("data")),
      samples: members["samples"]?.integer(in: 1...1_000_000) ?? 512,
      range: members["range"].map(RangePolicy.init) ?? .standard,
      seed: members["seed"]?.integer(in: 0...UInt64.max) ?? 1)
  }
}

extension EvaluationSpecification {
  static let labelLimit = 10_000

  init(_ node: YAMLNode) throws {
    let members = try node.members(known: [
      "kind", "data", "metric", "select", "report", "columns", "labels",
    ])
    let kind = try members.required("kind").choice(EvaluationKind.self)
    try self.init(
      kind: kind,
      source: JobSpecification.dataSource(members.required("data")),
      metric: members.required("metric").text("a metric"),
      select: members["select"]?.text("a split") ?? "dev",
      report: members["report"]?.text("a split") ?? "test",
      layout: Self.layout(members))
    for (key, split) in [("select", select), ("report", report)] where split == "train" {
      throw (members[key] ?? node).error(
        "the split train is never scored; write dev or test")
    }
  }

  private static func layout(_ members: YAMLMembers) throws -> EvaluationLayout? {
    let known = ["text", "pair", "label"]
    var columns: [String: String] = [:]
    if let node = members["columns"] {
      let names = try node.members(known: known)
      for name in known { columns[name] = try names[name]?.text("a column's name") }
    }
    let labels = try members["labels"]?.list(limit: labelLimit).map { try $0.text("a label") }
    guard !columns.isEmpty || labels != nil else { return nil }
    return EvaluationLayout(columns: columns.isEmpty ? nil : columns, labels: labels)
  }
}

extension RangePolicy {
  /// The percentile that is used when a job file says none.
  public static let standard = RangePolicy.percentile(99.999)

  init(_ node: YAMLNode) throws {
    guard node.isScalar else {
      let members = try node.members(known: ["percentile"])
      let percentile = try members.required("percentile")
      let value = try percentile.number(in: 50...100)
      guard value > 50 else { throw percentile.error("must be more than 50; write 99.999") }
      self = .percentile(value)
      return
    }
    switch try node.text("observed, percentile, fixed or {percentile: 99.99}") {
    case "observed": self = .observed
    case "percentile": self = .standard
    case "fixed": self = .fixed
    case let other:
      throw node.error(
        "'\(other.prefix(80))' is unknown; write observed, percentile, fixed or {percentile: 99.99}"
      )
    }
  }
}

extension PublishRule {
  init(_ node: YAMLNode) throws {
    let members = try node.members(known: ["name", "require", "minimize"])
    let require = try members.required("require").members(known: ["maxDrop"])
    try self.init(
      name: JobSpecification.name(members.required("name")),
      maximumDrop: require.required("maxDrop").number(in: 0...1),
      minimize: members["minimize"]?.choice(Minimize.self) ?? .area)
  }
}
