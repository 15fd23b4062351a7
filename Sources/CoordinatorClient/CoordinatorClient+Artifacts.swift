import Foundation
import Jobs

extension CoordinatorClient {
  /// The newest version of every artifact.
  public func artifacts() async throws -> [ArtifactVersion] { try await list(["artifacts"]) }

  public func artifactVersions(_ name: String) async throws -> [ArtifactVersion] {
    try await list(["artifacts", name, "versions"])
  }

  /// - Parameter reference: A version's number, an alias or its digest.
  public func artifact(_ name: String, reference: String) async throws -> ArtifactVersion {
    try await call(
      APIRequest("GET", ["artifacts", name, "versions", reference], isRepeatable: true))
  }

  /// Lets `alias` name `version` from now on.
  public func setAlias(_ name: String, alias: String, version: Int) async throws {
    _ = try await send(
      try APIRequest("PUT", ["artifacts", name, "aliases", alias], isRepeatable: true)
        .sending(["version": version]))
  }
}
