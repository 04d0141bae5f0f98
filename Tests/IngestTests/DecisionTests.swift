// SPDX-License-Identifier: Apache-2.0
import Kafka
import Postgres
import Testing

@testable import Ingest

struct DecisionTests {
  @Test(arguments: [
    "08006", "25006", "40001", "40P01", "53100", "53300", "57014", "57P01", "58030",
    "XX000",
  ])
  func anOutageIsAlwaysTriedAgain(state: String) {
    for staged in [false, true] {
      for searches in 0...3 {
        let error = PostgresError(SQLState(rawValue: state), "m", phase: .answered)
        let decision = WriteDecision(
          WriteBatch.Failure(error: error),
          after: .init(poisonSearches: searches, isStaged: staged))
        #expect(decision == (state == "57014" ? .halve : .retry))
      }
    }
  }

  @Test func dataErrorsAreNarrowedDownAndNotForEver() {
    func decide(_ state: String, _ constraint: String?, _ staged: Bool, _ searches: Int)
      -> WriteDecision
    {
      let error = PostgresError(
        SQLState(rawValue: state), "m", phase: .answered, constraint: constraint)
      return WriteDecision(
        WriteBatch.Failure(error: error),
        after: .init(poisonSearches: searches, isStaged: staged))
    }
    #expect(decide("23505", "invocations_pkey", false, 0) == .findDuplicates)
    #expect(decide("23505", "other_key", true, 0) == .findPoison)
    #expect(decide("23514", nil, false, 0) == .ensurePartitions)
    #expect(decide("23514", nil, false, 1) == .findPoison)
    #expect(decide("23514", "some_check", false, 0) == .findPoison)
    #expect(decide("22021", nil, false, 0) == .findPoison)
    #expect(decide("22021", nil, true, 2) == .stop)
    #expect(decide("DB001", nil, true, 0) == .drop)
    #expect(decide("DB003", nil, false, 0) == .rereadReference)
    #expect(decide("DB003", nil, true, 3) == .rereadReference)
    #expect(decide("DB005", nil, true, 0) == .rereadReference)
    #expect(decide("42501", nil, true, 0) == .remakeTables)
    #expect(decide("DB004", nil, false, 0) == .remakeTables)
    #expect(decide("28P01", nil, false, 0) == .stop)
    #expect(decide("55P03", nil, true, 2) == .evict)
  }

  @Test func whatWasDoneOnceIsNotDoneForEver() {
    func decide(_ state: String, _ history: WriteDecision.History) -> WriteDecision {
      let error = PostgresError(
        SQLState(rawValue: state), "m", phase: .answered, constraint: "audit_logs_pkey")
      return WriteDecision(WriteBatch.Failure(error: error), after: history)
    }
    let most = WriteDecision.duplicateSearchesMax
    #expect(decide("23505", .init(duplicateSearches: most - 1)) == .findDuplicates)
    #expect(decide("23505", .init(duplicateSearches: most)) == .stageEverything)
    #expect(decide("23505", .init(duplicateSearches: most, isStaged: true)) == .findPoison)
    #expect(decide("42703", .init(hasRemadeTables: true)) == .stop)
    #expect(decide("DB004", .init(hasRemadeTables: true)) == .stop)
    // Its server may have finished after the batch was found uncommitted: it is its own then.
    #expect(decide("DB001", .init(mayHaveCommittedSince: true)) == .settle)
    #expect(decide("DB003", .init(mayHaveCommittedSince: true)) == .rereadReference)
  }

  @Test func aLostAnswerIsLookedUpWhateverTheErrorSays() {
    let error = PostgresError(.connectionFailure, "m", phase: .unanswered)
    let failure = WriteBatch.Failure(error: error, isOutcomeUnknown: true)
    #expect(WriteDecision(failure, after: .init()) == .settle)
  }

  /// Each statement may be in time, and all of them not.
  @Test func whatIsTooMuchForOneMessageIsHalved() {
    let error = PostgresError(.connectionFailure, "m", phase: .unanswered)
    #expect(
      WriteDecision(WriteBatch.Failure(error: error, isTooSlow: true), after: .init()) == .halve)
  }

  @Test func settlementFollowsTheOffsetRows() {
    let spans = [
      Batch.Span(stream: 0, topic: "t", partition: 0, epoch: 3, from: 10, next: 20),
      Batch.Span(stream: 0, topic: "t", partition: 1, epoch: 5, from: 7, next: 9),
    ]
    func settle(_ first: (Int64, Int64, String?), _ second: (Int64, Int64, String?)?)
      -> Settlement
    {
      var rows = [
        Settlement.Position(
          topic: "t", partition: 0, nextOffset: first.0, epoch: first.1, lastBatch: first.2)
      ]
      if let second {
        rows.append(
          Settlement.Position(
            topic: "t", partition: 1, nextOffset: second.0, epoch: second.1, lastBatch: second.2))
      }
      return Settlement(batch: "mine", spans: spans, positions: rows)
    }
    #expect(settle((20, 3, "mine"), (9, 5, "mine")) == .committed)
    // Another owner has gone on with one of the partitions since.
    #expect(settle((20, 3, "mine"), (30, 6, "other")) == .committed)
    #expect(settle((10, 3, "before"), (7, 5, nil)) == .notCommitted)
    for outcome in [
      settle((10, 4, "before"), (7, 5, nil)), settle((8, 3, "older"), (7, 5, nil)),
      settle((10, 3, "before"), nil),
    ] {
      guard case .void = outcome else {
        Issue.record("expected void, got \(outcome)")
        continue
      }
    }
  }

  @Test func aClaimStartsOnlyWhereTheLogFits() {
    let anchor = Anchor(offset: 99, hash: "ab")
    func decide(_ next: Int64, _ anchor: Anchor?, low: Int64, high: Int64, halted: String? = nil)
      -> StartDecision
    {
      StartDecision(
        ClaimedPartition(
          topic: "t", partition: 0, nextOffset: next, epoch: 1, anchor: anchor,
          haltReason: halted), low: low, high: high)
    }
    #expect(decide(100, anchor, low: 0, high: 100) == .fetch(from: 99, anchor: anchor))
    #expect(decide(100, anchor, low: 100, high: 100) == .fetch(from: 100, anchor: nil))
    #expect(decide(0, nil, low: 0, high: 5) == .fetch(from: 0, anchor: nil))
    #expect(decide(100, anchor, low: 0, high: 500, halted: "x") == .stayHalted(reason: "x"))
    #expect(
      decide(100, anchor, low: 101, high: 500)
        == .halt(
          .offsetBelowLowWatermark,
          detail: "records [100, 101) are gone from the log: 1 records"))
    #expect(
      decide(100, anchor, low: 0, high: 99)
        == .halt(
          .offsetBeyondHighWatermark,
          detail: "the log ends at 99, 1 records before the stored offset 100"))
  }

  @Test func aPartitionThatBringsNothingIsProvenAtIntervals() {
    let anchor = Anchor(offset: 9, hash: "ab")
    var state = PartitionState(
      claimed: ClaimedPartition(
        topic: "t", partition: 0, nextOffset: 10, epoch: 1, anchor: anchor, low: 3), source: 0,
      isContiguous: true)
    let soon = ContinuousClock.now + .seconds(IngestLimits.idleProofSeconds - 1)
    let later = soon + .seconds(2)
    #expect(!state.isDue(at: soon))
    #expect(state.isDue(at: later))
    state.prove()
    #expect(state.pendingAnchor == anchor)
    #expect(state.fetchOffset == 9)
    #expect(!state.isDue(at: later), "it is being proven")
    #expect(!state.seemsShort(at: later))
    state.shortSince = .now
    #expect(state.seemsShort(at: later))
    state.proven()
    #expect(!state.seemsShort(at: later))
    // Retention has deleted the anchor: nothing can be compared until the log begins earlier.
    var hasShrunk = state.note(low: 10, high: 10)
    #expect(!hasShrunk)
    state.prove()
    #expect(state.pendingAnchor == nil)
    hasShrunk = state.note(low: 0, high: 40)
    #expect(hasShrunk)
    state.prove()
    #expect(state.pendingAnchor == anchor)
  }

  @Test func offsetsAreTakenOnceAndGapsHaltOrCount() {
    func state(_ contiguous: Bool, anchor: Anchor? = nil) -> PartitionState {
      var state = PartitionState(
        claimed: ClaimedPartition(
          topic: "t", partition: 0, nextOffset: 10, epoch: 1, anchor: anchor), source: 0,
        isContiguous: contiguous)
      state.pendingAnchor = anchor
      return state
    }
    #expect(state(true).verdict(at: 10) == .append(gap: 0))
    #expect(state(true).verdict(at: 9) == .pass)
    #expect(
      state(true).verdict(at: 12)
        == .halt(.offsetGap, detail: "records [10, 12) are missing: 2 offsets"))
    #expect(state(false).verdict(at: 12) == .append(gap: 2))
    let anchor = Anchor(offset: 9, hash: "ab")
    #expect(state(true, anchor: anchor).verdict(at: 9) == .compare(anchor))
    #expect(state(false, anchor: anchor).verdict(at: 12) == .append(gap: 2))
    guard case .halt(.logIdentityChanged, _) = state(true, anchor: anchor).verdict(at: 10) else {
      Issue.record("a missing anchor must halt a contiguous topic")
      return
    }
  }
}
