import Jobs

/// Which executor runs which kind of task.
public enum ExecutorTable {
  /// The code versions that this program can run, by kind.
  public static let codeVersions: [TaskKind: Int] = Dictionary(
    uniqueKeysWithValues: TaskKind.allCases.map { ($0, $0.codeVersion) })

  public static func executor(of kind: TaskKind) -> any TaskExecutor {
    switch kind {
    case .resolve: ResolveExecutor()
    case .collect: CollectExecutor()
    case .merge: MergeExecutor()
    case .train: TrainExecutor()
    case .sensitivity: SensitivityExecutor()
    case .assign: AssignExecutor()
    case .evaluate: EvaluateExecutor()
    case .score: ScoreExecutor()
    case .hardware: HardwareExecutor()
    case .publish: PublishExecutor()
    }
  }
}
