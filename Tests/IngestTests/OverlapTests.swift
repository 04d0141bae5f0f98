// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

@testable import Ingest

/// A batch is copied while the one before it is settled, and commits after it or not at all.
struct OverlapTests {
  typealias Fixture = BatchFixture

  private static let waitsInTransaction = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND state = 'idle in transaction' AND query LIKE '%COPY%'
    """

  private func waitsForItsTurn(_ database: TestDatabase) throws -> Bool {
    try eventually { try database.value(Self.waitsInTransaction) == "1" }
  }

  /// Ten records commit, and twenty are copied behind them, when `body` is called; all are stored.
  private func overlapped(_ route: TestRoute, _ body: (CommitGate) throws -> Void) throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let gate = try CommitGate(database)
      let writer = RunningWriter(try database.settings(route))
      defer { writer.close() }
      writer.submit(try fixture.batch((0..<10).map { Fixture.invocation($0) }))
      #expect(try gate.hasWaiter())
      writer.submit(try fixture.batch((10..<30).map { Fixture.invocation($0) }))
      #expect(try waitsForItsTurn(database))
      try body(gate)
      #expect(writer.receipts(2).map { Optional($0).storedCount } == [10, 20])
      #expect(try Sums(database).problems(produced: 30, accepted: 30, cost: "7.5") == [])
    }
  }

  @Test(arguments: [TestRoute.transactionPooler, .direct])
  func theNextBatchIsCopiedWhileOneCommits(route: TestRoute) throws {
    try overlapped(route) { gate in try gate.open() }
  }

  /// A third one is not begun: its rows would wait for two.
  @Test func noMoreThanOneIsCopiedAhead() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let gate = try CommitGate(database)
      let writer = RunningWriter(try database.settings(.transactionPooler))
      defer { writer.close() }
      for batch in 0..<3 {
        let ids = batch * 10..<batch * 10 + 10
        writer.submit(try fixture.batch(ids.map { Fixture.invocation($0) }))
      }
      #expect(try gate.hasWaiter())
      #expect(try waitsForItsTurn(database))
      #expect(try !eventually(seconds: 1) { try database.value(Self.waitsInTransaction) != "1" })
      try gate.open()
      #expect(writer.receipts(3).map { Optional($0).storedCount } == [10, 10, 10])
      #expect(try Sums(database).problems(produced: 30, accepted: 30, cost: "7.5") == [])
    }
  }

  /// The filter has forgotten the rows of the batch before, which are not committed yet.
  @Test func theSameRecordsInBothAreDuplicatesOfTheSecond() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let gate = try CommitGate(database)
      let writer = RunningWriter(try database.settings(.transactionPooler))
      defer { writer.close() }
      writer.submit(try fixture.batch((0..<10).map { Fixture.invocation($0) }))
      #expect(try gate.hasWaiter())
      writer.submit(try fixture.batch((5..<15).map { Fixture.invocation($0) }))
      let isWaiting = try eventually {
        try database.value(
          """
          SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
          AND wait_event = 'transactionid'
          """) == "1"
      }
      #expect(isWaiting)
      try gate.open()
      #expect(writer.receipts(2).map { Optional($0).storedCount } == [10, 5])
      #expect(try Sums(database).problems(produced: 20, accepted: 15, cost: "3.75") == [])
    }
  }

  /// The first one waits for a lock longer than it may; the second one's rows are in nobody's way
  /// meanwhile.
  @Test func theRowsOfTheNextBatchAreGivenBackWhenOneIsInTrouble() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      var other = try database.connect()
      try other.execute("BEGIN; LOCK TABLE costs_daily")
      let writer = RunningWriter(try database.settings(.transactionPooler))
      defer { writer.close() }
      writer.submit(try fixture.batch((0..<10).map { Fixture.invocation($0) }))
      writer.submit(try fixture.batch((10..<30).map { Fixture.invocation($0) }))
      #expect(try waitsForItsTurn(database))
      let isGivenBack = try eventually(seconds: 20) {
        try database.value(Self.waitsInTransaction) == "0"
      }
      #expect(isGivenBack)
      try other.execute("COMMIT")
      #expect(writer.receipts(2).map { Optional($0).storedCount } == [10, 20])
      #expect(try Sums(database).problems(produced: 30, accepted: 30, cost: "7.5") == [])
    }
  }

  /// Nobody knows whether it has committed; the next one is not sent before that is known.
  @Test(arguments: [TestRoute.transactionPooler, .direct])
  func aCommitIsLostWhileTheNextBatchIsCopied(route: TestRoute) throws {
    try overlapped(route) { gate in
      try gate.terminateWaiters()
      try gate.open()
    }
  }

  /// What follows a batch that can never be written cannot be either.
  @Test func nothingOfTheNextBatchIsStoredWhenOneIsFenced() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let batches = try [
        fixture.batch((0..<10).map { Fixture.invocation($0) }),
        fixture.batch((10..<30).map { Fixture.invocation($0) }),
      ]
      try fixture.claim()
      let writer = RunningWriter(try database.settings(.transactionPooler))
      for batch in batches { writer.submit(batch) }
      #expect(writer.receipt().isFenced)
      #expect(writer.receipt(seconds: 1) == nil, "the other one is dropped")
      writer.close()
      #expect(try database.value("SELECT count(*) FROM invocations") == "0")
      #expect(try Sums(database).problems(produced: 0, accepted: 0) == [])
    }
  }
}
