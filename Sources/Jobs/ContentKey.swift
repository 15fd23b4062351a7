import Artifacts
import Foundation

/// What a computation is known by: SHA-256 of kind, code version, parameters and the
/// digests of its inputs. Equal keys mean equal results.
public enum ContentKey {
  /// - Parameters:
  ///   - inputs: input name → digest of that input's result.
  ///   - job: set for the kinds that are never shared (`resolve`, `publish`).
  public static func of(
    _ parameters: TaskParameters, inputs: [String: ContentDigest], job: UUID
  ) throws -> ContentDigest {
    var text = "nnlut computation\n\(parameters.kind.rawValue) \(parameters.kind.codeVersion)\n"
    if !parameters.kind.isShared { text += "job \(job.uuidString.lowercased())\n" }
    for (name, digest) in inputs.sorted(by: { $0.key < $1.key }) { text += "\(name) \(digest)\n" }
    var bytes = Data(text.utf8)
    bytes.append(try ResultDocument.encode(parameters))
    return ContentDigest(of: bytes)
  }
}

extension TaskKind {
  /// Whether jobs may share this kind's computations.
  public var isShared: Bool { self != .resolve && self != .publish }
}
