// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Telemetry
import Testing

@testable import Ingest

/// The lag in seconds: how long the oldest record that is not committed has waited.
struct LagBookTests {
  private let partition = TopicPartition(
    topic: "aged-\(UInt32.random(in: 0...UInt32.max))", partition: 3)

  private var seconds: Double? {
    Metrics.consumerLagSeconds.sample([partition.topic, "3"])
  }

  @Test func anIdlePartitionThatGetsRecordsIsAsOldAsTheLastLook() {
    var book = LagBook()
    book.own(partition, committed: 7, worker: 1, now: 1_000)
    book.measure(partition, high: 7, now: 1_000)
    #expect(seconds == 0)
    // The last record was made long ago: that says nothing of the next one.
    book.advance(partition, to: 7, recordTime: 100, worker: 1, now: 1_000)
    book.measure(partition, high: 8, now: 1_005)
    #expect(seconds == 5)
    book.measure(partition, high: 9, now: 1_600)
    #expect(seconds == 600)
    book.advance(partition, to: 8, recordTime: 1_003, worker: 1, now: 1_601)
    book.measure(partition, high: 9, now: 1_605)
    #expect(seconds == 602, "the next record came after the one of 1003")
    book.advance(partition, to: 9, recordTime: 1_590, worker: 1, now: 1_606)
    book.measure(partition, high: 9, now: 1_610)
    #expect(seconds == 0)
  }

  @Test func aBacklogIsAsOldAsItsRecords() {
    var book = LagBook()
    book.own(partition, committed: 0, worker: 1, now: 10_000)
    book.measure(partition, high: 5_000, now: 10_000)
    #expect(seconds == 0, "of its records nothing is known yet")
    book.measure(partition, high: 5_000, now: 10_020)
    #expect(seconds == 20, "they wait at least since the claim")
    book.advance(partition, to: 2_000, recordTime: 4_000, worker: 1, now: 10_021)
    book.measure(partition, high: 6_000, now: 10_025)
    #expect(seconds == 6_025)
    // What was in the log at 10025 is committed: the rest came later.
    book.advance(partition, to: 6_000, recordTime: 9_900, worker: 1, now: 10_029)
    book.measure(partition, high: 6_001, now: 10_030)
    #expect(seconds == 5)
  }

  @Test func aStampFromTheFutureSaysNothing() {
    var book = LagBook()
    book.own(partition, committed: 0, worker: 1, now: 1_000)
    book.advance(partition, to: 1, recordTime: 90_000, worker: 1, now: 1_010)
    book.measure(partition, high: 2, now: 1_030)
    #expect(seconds == 30)
  }

  @Test func anotherClaimKeepsTheAgeUnlessTheOffsetWentBack() {
    var book = LagBook()
    book.own(partition, committed: 5, worker: 1, now: 1_000)
    book.measure(partition, high: 9, now: 1_100)
    book.own(partition, committed: 5, worker: 1, now: 1_200)
    book.measure(partition, high: 9, now: 1_300)
    #expect(seconds == 300)
    book.own(partition, committed: 4, worker: 1, now: 1_400)
    book.measure(partition, high: 9, now: 1_450)
    #expect(seconds == 50)
    book.forget(of: 1, except: [])
    #expect(seconds == nil)
  }
}
