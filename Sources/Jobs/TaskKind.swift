/// The kinds of task a worker runs (`score` reduces `evaluate` shards to metrics).
public enum TaskKind: String, Codable, CaseIterable, Sendable {
  /// Fetches the sources, pins their digests, counts records.
  case resolve
  /// Runs the exact model over one shard of calibration text: one histogram per site.
  case collect
  /// Adds the shards' histograms.
  case merge
  /// Makes one table.
  case train
  /// Measures how much the model's output suffers from each candidate table of one site.
  case sensitivity
  /// Chooses one candidate for each site: the least area within a budget of output error.
  case assign
  /// Runs the model, exact or with a variant's tables, over one shard of an evaluation's texts.
  case evaluate
  /// Turns an evaluation's shards into metrics and compares them with the baseline.
  case score
  /// Prices one variant's tables in silicon.
  case hardware
  /// Chooses a variant by the job's rule and assembles the artifact.
  case publish

  /// The version of the code that computes this kind; part of every content key. Raise it when a
  /// change alters a result's bytes (a golden test of the kind tells).
  public var codeVersion: Int {
    switch self {
    // 2: number formats, objectives, constraints and certificates.
    // 3: the floor has a price; facts say whether a table dips; variants that cannot be made.
    case .hardware, .publish: 3
    // 3: int8 tables keep what their search found; tables say when they give up y = x.
    // 4: tables of functions that are never negative use the floor; withheld certificates; that a
    // table cannot be made is a result.
    // 5: single values count in every format's largest error; relative errors beside zeros.
    case .train: 5
    // 2: candidates that cannot be made are left out.
    // 3: which candidates dip; variants that cannot be made.
    case .sensitivity: 3
    // A choice depends on the prices of `hardware`, so it is made again where those change.
    // 2: candidates that cannot be made are left out; tables come with what they are made by.
    // 3: variants that cannot be made.
    case .assign: 3 * 1000 + TaskKind.hardware.codeVersion
    // 2: variants that cannot be made.
    case .evaluate, .score: 2
    // 2: values that are not finite end the job, by the site where they begin.
    case .collect: 2
    case .resolve, .merge: 1
    }
  }

  /// How often a computation is tried before it fails for good.
  public var maximumTries: Int { self == .publish ? 5 : 3 }

  /// A running computation whose progress stays the same for this long fails its attempt.
  public var frozenProgressLimitSeconds: Int {
    switch self {
    case .resolve: 3600
    case .collect, .evaluate, .train, .sensitivity, .assign: 900
    case .merge, .score, .hardware, .publish: 600
    }
  }

  /// The weight of one task of this kind in an estimate of the time left, before any has been
  /// timed (seconds, rough).
  public var expectedSeconds: Double {
    switch self {
    case .resolve: 1
    case .collect: 3
    case .merge: 0.2
    case .train: 0.3
    case .sensitivity: 5
    case .assign: 2
    case .evaluate: 3
    case .score: 0.5
    case .hardware: 0.05
    case .publish: 0.5
    }
  }
}

/// How far a task is. One that waits on a computation shows that computation's state.
public enum TaskState: String, Codable, CaseIterable, Sendable {
  case blocked, ready, leased, succeeded, failed, cancelled

  public var isFinal: Bool { self == .succeeded || self == .failed || self == .cancelled }
}

public enum JobState: String, Codable, CaseIterable, Sendable {
  case queued, running, succeeded, failed, cancelled

  public var isFinal: Bool { self == .succeeded || self == .failed || self == .cancelled }
}
