import Artifacts
import Foundation
import JobStore
import Jobs
import Testing

@Suite struct RegistryTests {
  private func publish(_ salts: [String], _ harness: StoreHarness) async throws {
    let session = try await harness.beginSession()
    for salt in salts {
      _ = try await harness.submit(
        SampleJob.specification(salt: salt, variants: 1, artifact: "tables"))
      try await harness.drainQueue(session)
    }
  }

  @Test func versionsAreFoundByNumberAliasAndDigest() async throws {
    try await StoreHarness.with { harness in
      try await publish(["a", "b", "c"], harness)
      let second = try await harness.store.artifact("tables", "2")
      #expect(second.version == 2)
      #expect(second.aliases.isEmpty)
      #expect(second.files.map(\.path) == [ArtifactManifest.name])
      #expect(try await harness.store.artifact("tables", second.digest.description) == second)
      #expect(try await harness.store.artifact("tables", "latest").version == 3)
      #expect(try await harness.store.artifacts(after: nil, limit: 10).items.map(\.version) == [3])

      let page = try await harness.store.artifactVersions("tables", after: nil, limit: 2)
      #expect(page.items.map(\.version) == [3, 2])
      let rest = try await harness.store.artifactVersions("tables", after: page.next, limit: 2)
      #expect(rest.items.map(\.version) == [1])
      #expect(rest.next == nil)

      await #expect(throws: JobStoreError.unknownArtifact("nothing")) {
        try await harness.store.artifact("nothing", "latest")
      }
      for reference in ["4", "production", ContentDigest(of: Data()).description] {
        await #expect(
          throws: JobStoreError.unknownArtifactVersion(name: "tables", reference: reference)
        ) { try await harness.store.artifact("tables", reference) }
      }
    }
  }

  @Test func aliasesMoveAndTheirHistoryStays() async throws {
    try await StoreHarness.with { harness in
      try await publish(["a", "b"], harness)
      for version in [1, 2, 2, 1] {
        let moved = try await harness.store.setAlias(
          "production", of: "tables", to: version, token: "alice")
        #expect(moved.aliases.contains("production"))
      }
      #expect(try await harness.store.artifact("tables", "production").version == 1)
      let history = try await harness.pool.query(
        """
        SELECT from_version, to_version, token FROM artifact_alias_changes
        WHERE alias = 'production' ORDER BY id
        """)
      #expect(
        try history.map { try $0.decode("from_version", as: Int?.self) } == [nil, 1, 2])
      #expect(try history.map { try $0.decode("to_version", as: Int.self) } == [1, 2, 1])
      #expect(try history.allSatisfy { try $0.decode("token", as: String.self) == "alice" })
      await #expect(throws: JobStoreError.self) {
        try await harness.store.setAlias("3", of: "tables", to: 1, token: "alice")
      }
      await #expect(
        throws: JobStoreError.unknownArtifactVersion(name: "tables", reference: "9")
      ) { try await harness.store.setAlias("x", of: "tables", to: 9, token: "alice") }
    }
  }

  @Test func tokensAreKnownByTheirSecretUntilRevoked() async throws {
    try await StoreHarness.with { harness in
      let secret = try await harness.store.createToken(name: "ci", role: .submit)
      #expect(secret.utf8.count == 70)
      let identity = try await harness.store.authenticate(secret)
      #expect(identity == TokenIdentity(name: "ci", role: .submit))
      #expect(try await harness.store.authenticate(secret + "x") == nil)
      #expect(try await harness.store.authenticate("") == nil)
      await #expect(throws: JobStoreError.tokenExists("ci")) {
        try await harness.store.createToken(name: "ci", role: .admin)
      }
      let kept = try await harness.pool.query(
        "SELECT count(*) AS n FROM tokens t WHERE t::text LIKE '%' || $1 || '%'",
        [.text(String(secret.dropFirst(6)))])
      #expect(try kept.first?.decode("n", as: Int.self) == 0)
      try await harness.store.revokeToken(name: "ci")
      #expect(try await harness.store.authenticate(secret) == nil)
      await #expect(throws: JobStoreError.unknownToken("ci")) {
        try await harness.store.revokeToken(name: "ci")
      }
      let next = try await harness.store.createToken(name: "ci", role: .read)
      #expect(next != secret)
      #expect(try await harness.store.listTokens().map(\.role) == [.read])
    }
  }

  @Test func poolsKeepTheirSize() async throws {
    try await StoreHarness.with { harness in
      #expect(try await harness.store.pool("local") == nil)
      for desired in [3, 0] {
        try await harness.store.setPool(PoolSize(pool: "local", desired: desired))
        #expect(try await harness.store.pool("local")?.desired == desired)
      }
      for (pool, desired) in [("local", 1001), ("local", -1), ("No Name", 1)] {
        await #expect(throws: JobStoreError.self) {
          try await harness.store.setPool(PoolSize(pool: pool, desired: desired))
        }
      }
    }
  }
}
