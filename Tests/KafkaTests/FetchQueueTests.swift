// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Testing

@testable import Kafka

@Suite struct FetchQueueTests {
  /// Taken records have the size; looks are at numbers of records that wait.
  private func looks(
    max byteCountMax: Int = 1_000_000, size: Int = 1000, at counts: [Int]
  ) -> [Bool] {
    var queue = FetchQueue(byteCountMax: byteCountMax)
    return counts.map { count in
      queue.took(size)
      return queue.isHalfEmpty(recordCount: count)
    }
  }

  @Test func onceForEachTimeThatItWasFull() {
    #expect(
      looks(at: [1000, 700, 501, 500, 100, 0, 749, 400, 750, 499])
        == [false, false, false, true, false, false, false, false, false, true])
  }

  @Test func neverBeforeItWasFull() {
    #expect(looks(at: [700, 0, 600, 100]).allSatisfy { !$0 })
    #expect(looks(size: 0, at: [Int.max, 0, Int.max]).allSatisfy { !$0 })
  }

  @Test func oneLargeRecordMakesNoQueueFull() {
    var queue = FetchQueue(byteCountMax: 32 << 20)
    for look in 0..<1000 {
      for _ in 0..<127 { queue.took(600) }
      queue.took(look % 100 == 99 ? 1 << 20 : 600)
      let isHalfEmpty = queue.isHalfEmpty(recordCount: look % 2 == 0 ? 14_000 : 1000)
      #expect(!isHalfEmpty)
    }
  }

  @Test func countsThatAreTooLargeAreFull() {
    #expect(looks(at: [Int.max, 0]) == [false, true])
  }

  /// Through a queue of 2 MiB that is full each time before it is read: a broker's thread that is
  /// not asked anything looks again only after a second.
  @Test(.enabled(if: RealBroker.address != nil)) func aFullQueueIsFilledAgainAtOnce() throws {
    let brokers = try #require(RealBroker.address)
    let topic = "daybook-test-\(UUID().uuidString)"
    let admin = try Admin(settings: ClientSettings(brokers: brokers))
    try admin.createTopic(topic, partitions: 1)
    defer { try? admin.deleteTopic(topic) }
    try produce(
      Array(repeating: String(repeating: "x", count: 20_000), count: 1000), to: topic,
      brokers: brokers)
    let probe = try Probe(
      brokers, topic: topic, group: topic,
      overrides: [("queued.max.messages.kbytes", "2048"), ("fetch.max.bytes", "1048576")])
    #expect(probe.poll { !probe.records.isEmpty })
    var waits = 0
    while probe.records.count < 800, waits < 5 {
      #expect(eventually { probe.consumer.client.live.queuedCount * 20_000 >= 2 << 20 })
      let end = min(probe.records.count + probe.consumer.client.live.queuedCount + 1, 1000)
      while probe.records.count < end, waits < 5 {
        let before = probe.records.count
        probe.consumer.keepFetching()
        probe.pollOnce(milliseconds: 500)
        if probe.records.count == before { waits += 1 }
      }
    }
    #expect(waits < 3)
  }
}
