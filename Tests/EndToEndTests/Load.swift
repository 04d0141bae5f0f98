// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Generator
import Kafka

/// A seeded load on its way to the topics; its summary says what must become of it.
///
/// Partitions are drawn evenly, so that duplicates and conflicts meet across partitions and
/// workers.
final class Load: @unchecked Sendable {
  // Sendable: used by one thread at a time; `keepSending` joins its thread before it returns.
  private var generator: RecordGenerator
  private let producer: Producer
  private let topics: [RecordGenerator.RecordKind: [String]]
  private let partitions: Int
  private var random: SeededRandom
  private var failure: (any Error)?
  private let isEnough = NSCondition()
  private var mayEnd = false

  /// 5 % bad records of every kind, 2 % duplicates, 1 % conflicts.
  init(seed: UInt64, topics: [RecordGenerator.RecordKind: [String]], partitions: Int) throws {
    var settings = GeneratorSettings(seed: seed, count: .max, end: .now())
    settings.tenantCount = 20
    settings.badFraction = 0.05
    settings.duplicateFraction = 0.02
    settings.conflictFraction = 0.01
    generator = RecordGenerator(settings)
    producer = try Producer(settings: Stack.client)
    random = SeededRandom(seed: seed)
    self.topics = topics
    self.partitions = partitions
  }

  var summary: GeneratorSummary { generator.summary }
  var sentCount: Int { generator.summary.produced }

  /// Sends so many records and waits until the broker has them.
  func send(_ count: Int) throws {
    for _ in 0..<count { try sendOne() }
    try producer.flush(timeoutMilliseconds: 60_000)
  }

  /// Queues one record of each bad kind that has not been sent: large ones are drawn seldom.
  func queueMissingBadKinds() throws {
    for kind in BadKind.allCases where summary.bad[kind] == nil {
      generator.next(bad: kind)
      try queueCurrent()
    }
  }

  /// A record that the summary does not know; the next `send` or `finish` waits for it.
  func queue(_ payload: String, to topic: String) throws {
    try producer.produce(topic: topic, partition: 0, value: Array(payload.utf8))
  }

  /// Sends at this rate on a thread of its own until `body` is done; the broker then has
  /// everything.
  func keepSending(perSecond: Int, while body: () throws -> Void) throws {
    let done = DispatchSemaphore(value: 0)
    mayEnd = false
    Thread.detachNewThread { [self] in
      do {
        while pause() { for _ in 0..<perSecond / Self.burstsPerSecond { try sendOne() } }
      } catch {
        failure = error
      }
      done.signal()
    }
    defer { done.wait() }
    defer { isEnough.withLock { mayEnd = true } }
    try body()
  }

  /// What `keepSending` could not send, and the flush after it.
  func finish() throws {
    if let failure { throw failure }
    try producer.flush(timeoutMilliseconds: 60_000)
  }

  private static let burstsPerSecond = 20

  /// Paces the bursts; false when it is time to end.
  private func pause() -> Bool {
    isEnough.withLock {
      let next = Date(timeIntervalSinceNow: 1 / Double(Self.burstsPerSecond))
      while !mayEnd, isEnough.wait(until: next) {}
      return !mayEnd
    }
  }

  private func sendOne() throws {
    if generator.next() != nil { try queueCurrent() }
  }

  private func queueCurrent() throws {
    guard let names = topics[generator.stream] else { return }
    try producer.produce(
      topic: names[Int(truncatingIfNeeded: random.next() >> 33) % names.count],
      partition: Int32(
        truncatingIfNeeded: Int(truncatingIfNeeded: random.next() >> 33) % partitions),
      key: generator.key, value: generator.payload,
      headers: generator.headers.map { RecordHeader("\($0.name)", $0.value) })
  }
}
