// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

@testable import Ingest

/// A connection that is lost around the COMMIT: the offset rows tell what happened.
struct CommitUnknownTests {
  typealias Fixture = BatchFixture

  /// The second message of a batch, and nothing else, holds this text.
  static let secondMessage = "daybook_apply_batch"

  func throughProxy(
    _ route: TestRoute, _ body: (TestDatabase, TCPProxy, ConnectionSettings) throws -> Void
  ) throws {
    try TestDatabase.with { database in
      let proxy = try TCPProxy(to: try database.server.port(route))
      defer { proxy.close() }
      let settings = try database.settings(
        .direct, ["host": "127.0.0.1", "port": String(proxy.port)])
      try body(database, proxy, settings)
    }
  }

  @Test(arguments: [TestRoute.transactionPooler, .sessionPooler, .direct])
  func aLostAnswerOfACommitIsFoundCommitted(route: TestRoute) throws {
    try throughProxy(route) { database, proxy, settings in
      let fixture = try BatchFixture(database)
      proxy.set(.loseAnswer(to: Self.secondMessage))
      let receipt = RunningWriter.settle(
        try fixture.batch((0..<20).map { Fixture.invocation($0) }), settings)
      #expect(proxy.cutCount == 1)
      #expect(receipt.storedCount == 20)
      #expect(try Sums(database).problems(produced: 20, accepted: 20, cost: "5") == [])
    }
  }

  @Test(arguments: [
    (TestRoute.transactionPooler, CommitUnknownTests.secondMessage),
    (.direct, CommitUnknownTests.secondMessage), (.transactionPooler, "FROM STDIN"),
    (.direct, "FROM STDIN"),
  ])
  func aCommitThatNeverArrivedIsSentAgain(route: TestRoute, pattern: String) throws {
    try throughProxy(route) { database, proxy, settings in
      let fixture = try BatchFixture(database)
      proxy.set(.loseRequest(pattern))
      let receipt = RunningWriter.settle(
        try fixture.batch((0..<20).map { Fixture.invocation($0) }), settings)
      #expect(proxy.cutCount == 1)
      #expect(receipt.storedCount == 20)
      #expect(try Sums(database).problems(produced: 20, accepted: 20, cost: "5") == [])
    }
  }

  /// A server says OK to the COMMIT of a transaction that it has rolled back; only the tag tells.
  @Test func aCommitThatWasARollbackIsSentAgain() throws {
    try throughProxy(.transactionPooler) { database, proxy, settings in
      let fixture = try BatchFixture(database)
      proxy.set(.alterRequest("; COMMIT", to: "; ABORT "))
      let receipt = RunningWriter.settle(
        try fixture.batch((0..<20).map { Fixture.invocation($0) }), settings)
      #expect(proxy.cutCount == 1)
      #expect(receipt.storedCount == 20)
      #expect(try Sums(database).problems(produced: 20, accepted: 20, cost: "5") == [])
    }
  }

  @Test func anotherOwnerMakesAnUnansweredCommitVoid() throws {
    try throughProxy(.transactionPooler) { database, proxy, settings in
      let old = try BatchFixture(database)
      let batch = try old.batch([Fixture.invocation(1)])
      // The claim waits for the transaction in doubt, and settles it.
      let gate = try CommitGate(database)
      proxy.set(.loseAnswer(to: Self.secondMessage))
      let writer = RunningWriter(settings)
      defer { writer.close() }
      writer.submit(batch)
      #expect(eventually { proxy.cutCount == 1 })
      #expect(try gate.hasWaiter())
      try gate.terminateWaiters()
      let new = try BatchFixture(database)
      #expect(new.next == 0)
      try gate.open()
      #expect(writer.receipt().isFenced)
      #expect(try Sums(database).problems(produced: 0, accepted: 0) == [])
      _ = try new.write(try new.batch([Fixture.invocation(1)]))
      #expect(try Sums(database).problems(produced: 1, accepted: 1) == [])
    }
  }

  /// A plain read would see the old offset of this transaction, and send the batch again.
  @Test func aCommitInDoubtIsWaitedFor() throws {
    try throughProxy(.direct) { database, proxy, settings in
      let fixture = try BatchFixture(database)
      let gate = try CommitGate(database)
      proxy.set(.loseAnswer(to: Self.secondMessage))
      let writer = RunningWriter(settings)
      defer { writer.close() }
      writer.submit(try fixture.batch([Fixture.invocation(1)]))
      #expect(try gate.hasWaiter())
      // Below the lock timeout, after which the commit is ended: it must be let go before.
      var observer = try database.connect()
      _ = try eventually(seconds: 4) {
        try observer.execute(Self.waitingForTheOffsetRow).text(0, 0) == "1"
      }
      try gate.open()
      #expect(writer.receipt().storedCount == 1)
      #expect(try Sums(database).problems(produced: 1, accepted: 1, cost: "0.25") == [])
    }
  }

  /// Nobody else's patience is endless: the transaction in doubt is ended and the batch sent again.
  @Test func aCommitInDoubtForTooLongIsEnded() throws {
    try throughProxy(.direct) { database, proxy, settings in
      let fixture = try BatchFixture(database)
      let gate = try CommitGate(database)
      proxy.set(.loseAnswer(to: Self.secondMessage))
      let writer = RunningWriter(settings)
      defer { writer.close() }
      writer.submit(try fixture.batch([Fixture.invocation(1)]))
      #expect(try gate.hasWaiter())
      #expect(try eventually { try !gate.isWaitedFor() })
      try gate.open()
      #expect(writer.receipt().storedCount == 1)
      #expect(try Sums(database).problems(produced: 1, accepted: 1, cost: "0.25") == [])
    }
  }

  @Test func aTerminatedBackendCostsNothing() throws {
    try TestDatabase.with { database in
      let fixture = try BatchFixture(database)
      let gate = try CommitGate(database)
      let writer = RunningWriter(try database.settings(.transactionPooler))
      defer { writer.close() }
      writer.submit(try fixture.batch([Fixture.invocation(1)]))
      #expect(try gate.hasWaiter())
      try gate.terminateWaiters()
      try gate.open()
      #expect(writer.receipt().storedCount == 1)
      #expect(try Sums(database).problems(produced: 1, accepted: 1) == [])
    }
  }

  static let waitingForTheOffsetRow = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND wait_event_type = 'Lock' AND query LIKE '%daybook_lock_offsets%'
    """
}
