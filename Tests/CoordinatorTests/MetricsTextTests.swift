import Testing

@testable import Coordinator

@Suite struct MetricsTextTests {
  @Test func writesHelpTypeAndSamples() {
    var text = MetricsText()
    text.metric("jobs", "gauge", "Jobs, by state.", [([("state", "queued")], 3), ([], 0.5)])
    #expect(
      text.text == """
        # HELP nnlut_jobs Jobs, by state.
        # TYPE nnlut_jobs gauge
        nnlut_jobs{state="queued"} 3
        nnlut_jobs 0.5

        """)
  }

  @Test func escapesLabels() {
    var text = MetricsText()
    text.metric("slots", "gauge", "Slots.", [([("pool", "a\"b\\c\nd")], 1)])
    #expect(text.text.hasSuffix("nnlut_slots{pool=\"a\\\"b\\\\c\\nd\"} 1\n"))
  }

  @Test func aMethodThatAClientInventedIsNoLabel() {
    let metrics = RequestMetrics()
    for number in 0..<10 {
      metrics.count(.init(method: "M\(number)", route: "unknown", status: 404))
    }
    #expect(metrics.requests.map(\.key.method) == ["other"])
    #expect(metrics.requests.map(\.count) == [10])
  }
}
