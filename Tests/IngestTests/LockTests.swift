// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Dispatch
import Foundation
import Postgres
import Records
import Testing

@testable import Ingest

/// Sessions that stand in each other's way: live ones wait for each other, frozen ones are ended.
struct LockTests {
  typealias Fixture = BatchFixture

  /// The client of this session is alive for its server, and says nothing more.
  @Test func aFrozenHolderOfTheOffsetRowIsEnded() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      var zombie = try database.connect()
      try zombie.execute("BEGIN; SELECT * FROM ingest_offsets FOR UPDATE")
      let receipt = RunningWriter.settle(
        try fixture.batch([Fixture.invocation(1)]), try database.settings(.transactionPooler))
      #expect(receipt.storedCount == 1)
      #expect(try Sums(database).problems(produced: 1, accepted: 1) == [])
      #expect(throws: PostgresError.self) { try zombie.execute("SELECT 1") }
    }
  }

  /// An operator's session is none of ours: it is waited for.
  @Test func aHolderWithAnotherLoginIsWaitedFor() throws {
    try TestDatabase.with { database in
      let login = "daybook_test_ingest"
      try database.server.makeLogin(login, memberOf: ["app_write"])
      let fixture = try Fixture(database)
      var operatorSession = try database.connect()
      try operatorSession.execute("BEGIN; SELECT * FROM ingest_offsets FOR UPDATE")
      let writer = RunningWriter(
        try database.settings(.transactionPooler, ["user": login, "password": "test"]))
      defer { writer.close() }
      writer.submit(try fixture.batch([Fixture.invocation(1)]))
      #expect(writer.receipt(seconds: 6).storedCount == nil)
      try operatorSession.execute("COMMIT")
      #expect(writer.receipt().storedCount == 1)
      #expect(try Sums(database).problems(produced: 1, accepted: 1) == [])
    }
  }

  /// Its rows are not committed, but whoever stores the same records again has to wait for them.
  @Test func aClientThatFrozeInItsCopyIsEnded() throws {
    try TestDatabase.with { database in
      let records = (0..<3000).map { Fixture.invocation($0) }
      let old = try Fixture(database, .direct)
      let thaw = DispatchSemaphore(value: 0)
      let ended = DispatchSemaphore(value: 0)
      let frozen = FrozenCopy(try old.batch(records), try database.connect())
      Thread.detachNewThread {
        frozen.run(until: thaw)
        ended.signal()
      }
      defer {
        thaw.signal()
        ended.wait()
      }
      let copying = """
        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND state = 'active' AND wait_event = 'ClientRead'
        """
      #expect(try eventually { try database.value(copying) == "1" })
      let new = try Fixture(database)
      let receipt = RunningWriter.settle(
        try new.batch(records, staged: Set(0..<3000)), try database.settings(.transactionPooler))
      #expect(receipt.storedCount == 3000)
      #expect(try Sums(database).problems(produced: 3000, accepted: 3000, cost: "750") == [])
    }
  }

  @Test func writersOfTheSameIdentitiesNeverWaitInACircle() throws {
    try TestDatabase.with { database in
      try slowDown("invocations", database)
      let writers = 4
      let batches = 3
      let failures = writeAtOnce(database, writers: writers) { fixture, _ in
        for batch in 0..<batches {
          // Everybody stores the same records, each in an order of its own.
          let ids = (batch * 50..<batch * 50 + 100).shuffled()
          let payloads = ids.map { Fixture.invocation($0, tenant: "t\($0 % 5)") }
          _ = try fixture.write(
            try fixture.batch(payloads), WritePlan(stagesEverything: true))
        }
      }
      let sums = try Sums(database)
      #expect(failures == [])
      let produced = Int64(writers * batches * 100)
      #expect(sums.problems(produced: produced, accepted: 200, cost: "50") == [])
    }
  }

  @Test func writersOfTheSameRollupsNeverWaitInACircle() throws {
    try TestDatabase.with { database in
      try slowDown("costs_daily", database)
      let batches = 3
      let tenantCounts = [40, 400, 90]
      let failures = writeAtOnce(database, writers: tenantCounts.count) { fixture, writer in
        for batch in 0..<batches {
          let payloads = (0..<tenantCounts[writer]).map {
            Fixture.invocation(
              writer * 100_000 + batch * 1000 + $0, tenant: "t\($0 % 400)")
          }
          _ = try fixture.write(try fixture.batch(payloads))
        }
      }
      let sums = try Sums(database)
      #expect(failures == [])
      #expect(sums.problems(produced: 1590, accepted: 1590, cost: "397.5") == [])
    }
  }

  /// Without an order of its own the statement would take that of a hash table.
  @Test func rollupsAreLockedInTheOrderOfTheirKeys() throws {
    try TestDatabase.with { database in
      try database.value(
        """
        CREATE TABLE touched (n bigint GENERATED ALWAYS AS IDENTITY, tenant text COLLATE "C");
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO touched (tenant) VALUES (NEW.tenant_id);
          RETURN NEW;
        END $$;
        CREATE TRIGGER note BEFORE INSERT ON costs_daily FOR EACH ROW EXECUTE FUNCTION note();
        CREATE TRIGGER note BEFORE INSERT ON costs_monthly FOR EACH ROW EXECUTE FUNCTION note();
        ALTER DATABASE \(database.name) SET enable_sort = off;
        """)
      let fixture = try Fixture(database)
      let tenants = (0..<300).map { "t\($0)" }.shuffled()
      let payloads = tenants.enumerated().map { Fixture.invocation($0, tenant: $1) }
      _ = try fixture.write(try fixture.batch(payloads))
      let backSteps = """
        SELECT count(*) FROM (SELECT tenant < lag(tenant) OVER (ORDER BY n) AS back FROM touched) s
        WHERE back
        """
      #expect(try database.value(backSteps) == "1", "from the last day's key to the first month's")
    }
  }

  @Test func aHotTenantIsAddedUpExactly() throws {
    try TestDatabase.with { database in
      let batches = 20
      let failures = writeAtOnce(database, writers: 4) { fixture, writer in
        for batch in 0..<batches {
          let first = (writer * batches + batch) * 25
          let payloads = (first..<first + 25).map {
            Fixture.invocation($0, cost: "0.000000000001")
          }
          _ = try fixture.write(
            try fixture.batch(payloads), WritePlan(stagesEverything: batch % 2 == 1))
        }
      }
      let sums = try Sums(database)
      #expect(failures == [])
      #expect(sums.problems(produced: 2000, accepted: 2000, cost: "0.000000002") == [])
      let rows = try database.value("SELECT count(*) || ' ' || sum(records) FROM costs_daily")
      #expect(rows == "1 2000")
    }
  }

  @Test func lockedRollupsAreWaitedFor() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      var other = try database.connect()
      try other.execute("BEGIN; LOCK TABLE costs_daily")
      let writer = RunningWriter(try database.settings(.transactionPooler))
      defer { writer.close() }
      writer.submit(try fixture.batch([Fixture.invocation(1)]))
      #expect(writer.receipt(seconds: 6).storedCount == nil)
      try other.execute("COMMIT")
      #expect(writer.receipt().storedCount == 1)
      #expect(try Sums(database).problems(produced: 1, accepted: 1) == [])
    }
  }

  /// Every row takes a millisecond, so that concurrent statements are sure to meet.
  private func slowDown(_ table: String, _ database: TestDatabase) throws {
    try database.value(
      """
      CREATE FUNCTION slow_down() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_sleep(0.001);
        RETURN NEW;
      END $$;
      CREATE TRIGGER slow BEFORE INSERT ON \(table) FOR EACH ROW EXECUTE FUNCTION slow_down();
      """)
  }

  /// Writers with a partition each, all at the same time; returns the errors.
  private func writeAtOnce(
    _ database: TestDatabase, writers: Int,
    _ body: @escaping @Sendable (BatchFixture, _ writer: Int) throws -> Void
  ) -> [String] {
    let failures = Failures()
    let group = DispatchGroup()
    for writer in 0..<writers {
      group.enter()
      Thread.detachNewThread {
        failures.catching {
          try body(try BatchFixture(database, partition: Int32(writer)), writer)
        }
        group.leave()
      }
    }
    group.wait()
    return failures.descriptions
  }
}

/// The first message of a batch, stopped in the middle of its first COPY.
private final class FrozenCopy: @unchecked Sendable {
  // Sendable: handed to the one thread that runs it.
  private let batch: Batch
  private var connection: Connection

  init(_ batch: Batch, _ connection: consuming Connection) {
    self.batch = batch
    self.connection = connection
  }

  func run(until thaw: DispatchSemaphore) {
    let write = WriteBatch(
      sql: IngestSQL(schema: "public"), owner: "owner", cluster: BatchFixture.cluster)
    let copies = write.firstMessage(BatchContent(BatchPart(batch), WritePlan()))
    _ = try? connection.copyIn(
      copies.statements, count: copies.parts.count, deadline: .seconds(120)
    ) { index, sink throws(PostgresError) in
      guard index == 0 else { return }
      try copies.feed(index, into: &sink)
      thaw.wait()
    }
  }
}

/// Errors of several threads.
private final class Failures: @unchecked Sendable {
  // Sendable: `all` is read and written under `lock`.
  private let lock = NSLock()
  private var all: [String] = []

  var descriptions: [String] { lock.withLock { all } }

  func catching(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      lock.withLock { all.append("\(error)") }
    }
  }
}
