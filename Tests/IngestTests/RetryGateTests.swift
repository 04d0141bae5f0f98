// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Testing

@testable import Ingest

/// What two workers do that have records of each other.
struct RetryGateTests {
  typealias Fixture = BatchFixture

  private func waiting(_ database: TestDatabase) throws -> String? {
    try database.value(
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = 'advisory'
      """)
  }

  @Test func whatMetRowsOfAnotherWorkerIsWrittenBeforeOthersBegin() throws {
    try TestDatabase.with { database in
      let stored = try Fixture(database)
      _ = try stored.write(try stored.batch((0..<10).map { Fixture.invocation($0) }))
      let commits = try CommitGate(database)
      let gate = RetryGate()
      let settings = try database.settings(.transactionPooler)
      let (first, second) = (
        RunningWriter(settings, gate: gate), RunningWriter(settings, gate: gate)
      )
      defer {
        first.close()
        second.close()
      }
      let repeats = try Fixture(database, partition: 1)
      first.submit(try repeats.batch((5..<15).map { Fixture.invocation($0) }))
      #expect(try commits.hasWaiter())
      let others = try Fixture(database, partition: 2)
      second.submit(
        try others.batch((20..<30).map { Fixture.invocation($0, tenant: "other") }))
      #expect(try !eventually(seconds: 1) { try waiting(database) != "1" })
      try commits.open()
      #expect(first.receipt().storedCount == 5)
      #expect(second.receipt().storedCount == 10)
      #expect(try Sums(database).problems(produced: 30, accepted: 25, cost: "6.25") == [])
    }
  }

  @Test func othersWriteBesideWhatMetNobody() throws {
    try TestDatabase.with { database in
      let commits = try CommitGate(database)
      let gate = RetryGate()
      let settings = try database.settings(.transactionPooler)
      let writers = [RunningWriter(settings, gate: gate), RunningWriter(settings, gate: gate)]
      defer { for writer in writers { writer.close() } }
      for (number, writer) in writers.enumerated() {
        let fixture = try Fixture(database, partition: Int32(number))
        let ids = number * 10..<number * 10 + 10
        writer.submit(
          try fixture.batch(ids.map { Fixture.invocation($0, tenant: "tenant\(number)") }))
      }
      #expect(try eventually { try waiting(database) == "2" })
      try commits.open()
      #expect(writers.map { $0.receipt().storedCount } == [10, 10])
    }
  }

  /// Whoever has it may be in trouble of another kind.
  @Test func noBatchWaitsLongerThanForALock() {
    let gate = RetryGate()
    let (holder, other) = (Batch(streams: []), Batch(streams: []))
    gate.take(holder)
    let startedAt = ContinuousClock.now
    gate.pass(other)
    let waited = startedAt.duration(to: .now)
    #expect(waited >= .seconds(IngestLimits.lockSecondsMax))
    gate.take(holder)
    gate.leave(other)
    gate.leave(holder)
    gate.pass(other)
    #expect(startedAt.duration(to: .now) < waited * 2, "nobody has it any more")
  }
}
