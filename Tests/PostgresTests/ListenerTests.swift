import Postgres
import TestSupport
import Testing

@Suite struct ListenerTests {
  @Test(.timeLimit(.minutes(1)))
  func hearsAndComesBack() async throws {
    let configuration = try PostgresConfiguration(
      connectionString: try await TestCluster.shared.database())
    let speaker = try await PostgresConnection.connect(configuration)
    defer { speaker.close() }
    var heard = PostgresListener.notifications(
      configuration: configuration, channels: ["news"], logger: TestCluster.logger
    ).makeAsyncIterator()
    #expect(await heard.next() == .connected)
    for number in 0..<3 {
      try await speaker.query("SELECT pg_notify('news', $1)", [.text("\(number)")])
      #expect(await heard.next() == .notification(channel: "news", payload: "\(number)"))
    }
    try await speaker.query(
      """
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
      """)
    #expect(await heard.next() == .connected)
    try await speaker.execute("NOTIFY news, 'again'")
    #expect(await heard.next() == .notification(channel: "news", payload: "again"))
  }
}
