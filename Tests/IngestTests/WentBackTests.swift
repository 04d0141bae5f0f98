// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Postgres
import Testing

@testable import Ingest

/// A failover to a standby that lacked the last transactions, or a restore to a point in time,
/// takes offsets and rows back together: what the database lacks is read again.
struct WentBackTests {
  private static let partition = TopicPartition(topic: "t", partition: 0)

  /// What may be left of the positions.
  private static let losses = [
    "UPDATE ingest_offsets SET \(beginning)",
    "UPDATE ingest_offsets SET epoch = epoch - 1, \(beginning)",
    "DELETE FROM ingest_offsets",
  ]
  private static let beginning =
    "next_offset = 0, last_batch = NULL, anchor_offset = NULL, anchor_hash = NULL"

  /// The commits that a replica never got.
  private func lose(_ positions: String, _ database: TestDatabase) throws {
    var connection = try database.connect()
    try connection.execute(
      """
      BEGIN; SET LOCAL session_replication_role = replica;
      ALTER TABLE invocations DISABLE TRIGGER USER;
      DELETE FROM invocations; DELETE FROM ingest_batches; DELETE FROM costs_daily; DELETE FROM costs_monthly;
      \(positions);
      COMMIT
      """)
  }

  @Test func aReadingThatHasLessIsToldUnlessItBeganTooEarly() {
    let start = ContinuousClock.now
    var floor = PositionFloor()
    func isLacking(
      _ stored: StoredPosition?, begun: Int, seen: Int, epoch: Int64 = 4, committed: Int64
    ) -> Bool {
      let claimed = ClaimedPartition(topic: "t", partition: 0, nextOffset: committed, epoch: epoch)
      let reading = PositionBoard.Reading(
        number: 1, begunAt: start + .seconds(begun),
        positions: stored.map { [Self.partition: $0] } ?? [:])
      let state = PartitionState(claimed: claimed, source: 0, isContiguous: true)
      return floor.lack(of: reading, [state], owner: "me", now: start + .seconds(seen)) != nil
    }
    func stored(_ next: Int64, epoch: Int64 = 4, owner: String = "me") -> StoredPosition {
      StoredPosition(next: next, epoch: epoch, owner: owner, isHalted: false, anchor: nil)
    }
    // A reading from before the claim, and the first one: nothing is known yet.
    #expect(!isLacking(nil, begun: 0, seen: 1, committed: 10))
    // Asked before the session knew, told after.
    #expect(!isLacking(stored(5), begun: 1, seen: 3, committed: 20))
    #expect(!isLacking(stored(10), begun: 4, seen: 5, committed: 20))
    // Committed before this reading began, as far as is known; the next 10 while it was made.
    #expect(!isLacking(stored(20), begun: 6, seen: 7, committed: 30))
    #expect(!isLacking(stored(40), begun: 8, seen: 9, committed: 30))
    #expect(isLacking(stored(29), begun: 10, seen: 11, committed: 30))
    #expect(isLacking(stored(30, epoch: 3), begun: 12, seen: 13, committed: 30))
    #expect(isLacking(stored(30, owner: "other"), begun: 14, seen: 15, committed: 30))
    #expect(isLacking(nil, begun: 16, seen: 17, committed: 30))
    // Somebody decides to go back, or another owner has claimed.
    #expect(!isLacking(stored(0, epoch: 5), begun: 18, seen: 19, committed: 30))
    #expect(!isLacking(stored(0, epoch: 5, owner: "other"), begun: 20, seen: 21, committed: 30))
    // Claimed again meanwhile.
    #expect(!isLacking(stored(30), begun: 22, seen: 23, epoch: 6, committed: 0))
    #expect(isLacking(stored(30), begun: 24, seen: 25, epoch: 6, committed: 0))
  }

  @Test func itIsFilledAgainWhenMoreComes() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      try scene.produce(scene.invocations(0..<100))
      let ingester = RunningIngester(try scene.settings())
      #expect(try eventually { try Sums(database).rows == 100 })
      try lose(Self.losses[1], database)
      try scene.produce(scene.invocations(100..<120))
      #expect(try eventually { try Sums(database).rows == 120 })
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).problems(produced: 120, accepted: 120, cost: "30") == [])
    }
  }

  /// No batch is fenced that could tell.
  @Test(arguments: losses)
  func itIsFilledAgainWithoutAnotherRecord(positions: String) throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      try scene.produce(scene.invocations(0..<100))
      let ingester = RunningIngester(try scene.settings())
      #expect(try eventually { try Sums(database).rows == 100 })
      try lose(positions, database)
      #expect(try eventually { try Sums(database).rows == 100 })
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).problems(produced: 100, accepted: 100, cost: "25") == [])
    }
  }

  /// The record of the other topic waits for clocks that agree, so the run goes on meanwhile.
  @Test func aRunWithAnEndEnds() throws {
    try TestDatabase.with { database in
      let (scene, host, ingester) = try MockScene.ofARunThatWaits(database)
      defer { withExtendedLifetime(scene) {} }
      try lose(Self.losses[0], database)
      host.set(secondsAhead: 0)
      try #require(ingester.wait()).get()
      #expect(try Sums(database).problems(produced: 11, accepted: 10, cost: "2.5") == [])
    }
  }
}
