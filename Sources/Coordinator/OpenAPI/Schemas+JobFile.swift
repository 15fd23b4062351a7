import Jobs

extension Schemas {
  /// The job file's shape; docs/job-file.md says what goes with what.
  static let jobFile = Schema.object(
    "A job file (docs/job-file.md). Which keys go together is checked when it is submitted.",
    [
      "apiVersion": Schema.choice(["nnlut/v1"]), "kind": Schema.choice(["CalibrationJob"]),
      "metadata": Schema.object("", ["name": name], isClosed: true),
      "model": Schema.object(
        "", ["source": source, "precision": Schema.choice(["fp32", "fp16", "int8"])],
        optional: ["precision"], isClosed: true),
      "calibration": Schema.object(
        "",
        [
          "data": data, "samples": Schema.integer(minimum: 1, maximum: 1_000_000), "range": range,
          "seed": seed,
        ], optional: ["samples", "range", "seed"], isClosed: true),
      "evaluation": Schema.array(evaluation, maximum: 16, minimum: 1),
      "variants": Schema.array(variant, maximum: 256, minimum: 1),
      "publish": Schema.object(
        "",
        [
          "name": name,
          "require": Schema.object(
            "", ["maxDrop": Schema.number(minimum: 0, maximum: 1)], isClosed: true),
          "minimize": Schema.choice(["area", "entries", "drop"]),
        ], optional: ["minimize"], isClosed: true),
      "require": Schema.choice(VariantRequirement.allCases.map(\.rawValue)),
      "scheduling": Schema.object(
        "How the job is treated beside others.",
        [
          "priority": Schema.integer("Larger goes first.", minimum: -100, maximum: 100),
          "weight": ["type": "number", "minimum": 0.01, "maximum": 100],
          "requires": Schema.object(
            "What workers must offer, by kind of task.",
            Dictionary(uniqueKeysWithValues: TaskKind.allCases.map { ($0.rawValue, requirement) }),
            optional: Set(TaskKind.allCases.map(\.rawValue)), isClosed: true),
        ], optional: ["priority", "weight", "requires"], isClosed: true),
    ], optional: ["publish", "require", "scheduling"], isClosed: true)

  /// `KEY` or `KEY=VALUE`.
  static let label: JSONValue = [
    "type": "string", "maxLength": 100,
    "pattern": "^(?!(kernels|memory)(=|$))[A-Za-z0-9_./+:-]+(=[A-Za-z0-9_./+:=-]+)?$",
  ]
  private static let requirement = Schema.object(
    "",
    [
      "labels": ["oneOf": [label, Schema.array(label, maximum: 32)]],
      "memory": Schema.pattern("^[0-9]{1,8}(MiB|GiB)$", "For example `8GiB`; at most 16 TiB."),
    ], optional: ["labels", "memory"], isClosed: true)

  /// Plain YAML scalars are text where text is wanted, so numbers and truth values are too.
  private static let text: JSONValue = ["type": ["string", "number", "boolean"], "minLength": 1]
  private static let name: JSONValue = [
    "type": ["string", "integer"], "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "maxLength": 63,
    "minimum": 0,
  ]
  private static let source = Schema.pattern(
    "^(file:|https:|http:|s3:|hf:)", "`file:`, `https:`, `s3:` or `hf://`.", maximum: 4096)
  private static let data = Schema.object("", ["source": source], isClosed: true)
  private static let seed = Schema.integer(minimum: 0, maximum: Int.max)
  private static let range: JSONValue = [
    "oneOf": [
      Schema.choice(["observed", "percentile", "fixed"]),
      Schema.object(
        "",
        ["percentile": ["type": "number", "exclusiveMinimum": 50, "maximum": 100]],
        isClosed: true),
    ]
  ]

  private static let evaluation = Schema.object(
    "",
    [
      "kind": Schema.choice(EvaluationKind.allCases.map(\.rawValue)), "data": data,
      "metric": text, "select": text, "report": text,
      "columns": Schema.object(
        "", ["text": text, "pair": text, "label": text], optional: ["text", "pair", "label"],
        isClosed: true),
      "labels": Schema.array(text, maximum: 10_000, minimum: 1),
    ], optional: ["select", "report", "columns", "labels"], isClosed: true)

  /// Every value may be a list; lists multiply out. What each may be, and what goes with what, is
  /// left to the reader of job files, which names line and key.
  private static let variant: JSONValue = {
    let keys = [
      "approximator", "recipe", "objective", "continuity", "entries", "budget", "format",
      "scales", "scope", "calibrate", "range", "scaling", "tails", "anchors", "floor",
      "relativeFloor", "seed",
    ]
    return Schema.object(
      "", Dictionary(uniqueKeysWithValues: keys.map { ($0, [:]) }),
      optional: Set(keys).subtracting(["approximator", "entries"]), isClosed: true)
  }()
}
