import Artifacts
import Foundation

/// One node of a job's DAG before it is stored.
public struct PlannedTask: Hashable, Codable, Sendable {
  /// Unique in the job, for example `train/2/encoder.layer.0.intermediate.gelu`.
  public var name: String
  public var parameters: TaskParameters
  /// Input name → name of the task whose result it is.
  public var inputs: [String: String]
  /// Where the digests that the parameters name can be fetched; not part of the content key.
  public var sources: [ContentDigest: String]

  public init(
    name: String, parameters: TaskParameters, inputs: [String: String] = [:],
    sources: [ContentDigest: String] = [:]
  ) {
    self.name = name
    self.parameters = parameters
    self.inputs = inputs
    self.sources = sources
  }

  public var kind: TaskKind { parameters.kind }
}

extension TaskParameters {
  public var kind: TaskKind {
    switch self {
    case .resolve: .resolve
    case .collect: .collect
    case .merge: .merge
    case .train, .chosen: .train
    case .sensitivity: .sensitivity
    case .assign: .assign
    case .evaluate: .evaluate
    case .score: .score
    case .hardware: .hardware
    case .publish: .publish
    }
  }
}
