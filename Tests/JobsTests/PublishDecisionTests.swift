import Jobs
import Testing

struct PublishDecisionTests {
  private func candidate(_ variant: Int, _ drops: [Double], area: Double, entries: Double)
    -> PublishDecision.Candidate
  {
    PublishDecision.Candidate(
      variant: variant, label: "v\(variant)", drops: drops, area: area, entries: entries)
  }

  private func choice(
    _ minimize: PublishRule.Minimize, _ candidates: [PublishDecision.Candidate]
  ) -> Int? {
    let rule = PublishRule(name: "a", maximumDrop: 0.005, minimize: minimize)
    let decision = PublishDecision(rule: rule, candidates: candidates)
    #expect(PublishDecision(rule: rule, candidates: candidates.reversed()) == decision)
    return decision.variant
  }

  @Test func theRuleChooses() {
    let candidates = [
      candidate(0, [0.004], area: 20, entries: 8), candidate(1, [-0.001], area: 30, entries: 16),
      candidate(2, [0.005], area: 10, entries: 16), candidate(3, [0.0051], area: 1, entries: 2),
    ]
    #expect(choice(.area, candidates) == 2)
    #expect(choice(.entries, candidates) == 0)
    #expect(choice(.drop, candidates) == 1)
  }

  @Test func everyEvaluationMustHold() {
    #expect(
      choice(
        .area,
        [
          candidate(0, [0, 0.1], area: 1, entries: 2),
          candidate(1, [0.001, 0.002], area: 2, entries: 2),
        ]) == 1)
  }

  @Test func tiesFallToTheSmallerDropThenToTheFirst() {
    #expect(
      choice(
        .area,
        [
          candidate(0, [0.002], area: 1, entries: 2), candidate(1, [0.001], area: 1, entries: 4),
          candidate(2, [0.001], area: 1, entries: 4),
        ]) == 1)
  }

  @Test func whenNoneQualifiesTheExplanationSaysWhatToDo() {
    let rule = PublishRule(name: "a", maximumDrop: 0.005, minimize: .area)
    let decision = PublishDecision(
      rule: rule,
      candidates: [
        candidate(0, [0.2], area: 1, entries: 2), candidate(1, [0.1], area: 1, entries: 2),
      ])
    #expect(decision.variant == nil)
    #expect(decision.explanation.contains("the closest, v1, drops 0.1"))
    #expect(decision.explanation.contains("maxDrop"))
  }
}
