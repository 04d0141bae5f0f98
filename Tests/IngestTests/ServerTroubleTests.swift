// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import Telemetry
import Testing

@testable import Ingest

/// A server in trouble: batches wait for it, and no good record is refused because of it.
struct ServerTroubleTests {
  typealias Fixture = BatchFixture

  @Test(arguments: ["40001", "40P01", "53100", "53200", "57014", "58030", "XX000"])
  func anOutageIsWaitedOut(state: String) throws {
    try TestDatabase.with { database in
      try database.value(
        """
        CREATE SEQUENCE attempts;
        CREATE FUNCTION fail_at_first() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          IF nextval('attempts') <= 3 THEN
            RAISE EXCEPTION 'trouble' USING ERRCODE = '\(state)';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER trouble BEFORE INSERT ON ingest_batches
          FOR EACH ROW EXECUTE FUNCTION fail_at_first();
        """)
      let fixture = try Fixture(database)
      let batch = try fixture.batch((0..<10).map { Fixture.invocation($0) } + ["nonsense"])
      let receipt = RunningWriter.settle(batch, try database.settings(.transactionPooler))
      #expect(receipt.storedCount == 10)
      #expect(try database.value("SELECT last_value FROM attempts") == "4")
      #expect(
        try database.value("SELECT string_agg(reason, ' ') FROM rejected_records") == "not_json")
      #expect(try Sums(database).problems(produced: 11, accepted: 10, cost: "2.5") == [])
    }
  }

  /// The partitions go to another process meanwhile, which says how the database is.
  @Test func whoseBatchIsAbandonedSaysNothingOfTheDatabaseAnyMore() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let health = Health()
      let away = ConnectionSettings(
        conninfo: "host=127.0.0.1 port=1 user=nobody", applicationName: "test")
      let writer = RunningWriter(away, health: health)
      defer { writer.close() }
      func isFailing() -> Bool { health.report(all: false).contains("[-]postgres-worker-1") }
      writer.submit(try fixture.batch([Fixture.invocation(1)]))
      #expect(eventually { isFailing() })
      writer.abandon()
      #expect(eventually { !isFailing() })
    }
  }

  /// As one that a failover left behind, or that ran out of disk space at some providers.
  @Test(arguments: [TestRoute.transactionPooler, .direct])
  func aReadOnlyServerIsWaitedFor(route: TestRoute) throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database, route)
      func setReadOnly(_ value: String) throws {
        var connection = try database.connect(
          .direct, ["options": "-c default_transaction_read_only=off"])
        try connection.execute(
          "ALTER DATABASE \(database.name) SET default_transaction_read_only = \(value)")
        try connection.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            + "WHERE datname = current_database() AND pid <> pg_backend_pid()")
      }
      try setReadOnly("on")
      let writer = RunningWriter(try database.settings(route))
      defer { writer.close() }
      writer.submit(try fixture.batch([Fixture.invocation(1)]))
      #expect(writer.receipt(seconds: 1).storedCount == nil)
      try setReadOnly("off")
      #expect(writer.receipt().storedCount == 1)
      #expect(try Sums(database).problems(produced: 1, accepted: 1, cost: "0.25") == [])
    }
  }

  @Test func anExhaustedPoolIsWaitedFor() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let poolSize = 20
      let writer = RunningWriter(try database.settings(.transactionPooler))
      defer { writer.close() }
      try holdTransactions(poolSize, database) {
        writer.submit(try fixture.batch([Fixture.invocation(1)]))
        #expect(try eventually { try waitingClients(database) >= 1 })
      }
      #expect(writer.receipt().storedCount == 1)
      #expect(try Sums(database).problems(produced: 1, accepted: 1) == [])
    }
  }

  private func holdTransactions(
    _ count: Int, _ database: TestDatabase, _ body: () throws -> Void
  ) throws {
    guard count > 0 else { return try body() }
    var connection = try database.connect(.transactionPooler)
    try connection.execute("BEGIN; SELECT 1")
    try holdTransactions(count - 1, database, body)
    try connection.execute("COMMIT")
  }

  private func waitingClients(_ database: TestDatabase) throws -> Int64 {
    var console = try Connection(
      database.server.settings(database: "pgbouncer", route: .transactionPooler))
    let pools = try console.execute("SHOW POOLS")
    for row in 0..<pools.rowCount where pools.text(row, 0) == database.name {
      return pools.int64(row, 3) ?? 0
    }
    return 0
  }

  /// What other clients of a pool leave on its connections.
  @Test(arguments: [
    "SET search_path = nowhere", "SET default_transaction_isolation = serializable",
    "SET default_transaction_isolation = 'repeatable read'", "SET DateStyle = 'SQL, DMY'",
    "SET standard_conforming_strings = off", "SET TimeZone = 'Pacific/Kiritimati'",
    "SET bytea_output = escape", "SET extra_float_digits = 0", "SET client_min_messages = debug5",
    "CREATE SCHEMA rogue; CREATE TABLE rogue.invocations (a int); SET search_path = rogue, public",
    "SET default_transaction_read_only = on", "SET statement_timeout = 5", "SET lock_timeout = 1",
    "SET row_security = off", "SET plan_cache_mode = force_generic_plan", "SET ROLE app_read",
    "SET enable_partition_pruning = off", "SET synchronous_commit = off", "SET jit_above_cost = 0",
    "SET enable_seqscan = off", "SET check_function_bodies = off", "SET quote_all_identifiers = on",
    "DISCARD ALL",
  ])
  func whatAnotherClientLeavesOnAPooledConnectionDoesNotMatter(statement: String) throws {
    try TestDatabase.with { database in
      try noteSettings(database)
      let fixture = try Fixture(database)
      for round in 0..<3 {
        var rogue = try database.connect(.transactionPooler)
        if round > 0 { try rogue.execute(round == 1 ? statement : statement.lastStatement) }
        let batch = try fixture.batch(
          [Fixture.invocation(round * 2), Fixture.invocation(round * 2 + 1), "nonsense"],
          staged: [1])
        _ = try fixture.write(batch)
      }
      #expect(try Sums(database).problems(produced: 9, accepted: 6, cost: "1.5") == [])
      #expect(
        try database.value("SELECT string_agg(DISTINCT settings, '; ') FROM noted") == "on off")
    }
  }

  /// What a batch commits with, that nobody sees in its rows.
  private func noteSettings(_ database: TestDatabase) throws {
    try database.value(
      """
      CREATE TABLE noted (settings text);
      CREATE FUNCTION note_settings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        INSERT INTO public.noted
        SELECT current_setting('synchronous_commit') || ' ' || current_setting('jit');
        RETURN NULL;
      END $$;
      CREATE TRIGGER note AFTER INSERT ON ingest_batches
        FOR EACH STATEMENT EXECUTE FUNCTION note_settings();
      """)
  }

  /// A pooler gives its client another server, which may be a standby: `BEGIN … READ WRITE` fails
  /// there with 0A000. In a transaction, on a connection that was just asked whether it leads to
  /// one, that is an error.
  @Test func anOpenConnectionThatRefusesToWriteIsThrownAway() throws {
    try TestDatabase.with { database in
      let link = DatabaseLink(try database.settings(.direct))
      func refuse() -> PostgresError? {
        #expect(throws: PostgresError.self) {
          try link.use { connection throws(PostgresError) in
            _ = try connection.execute("BEGIN; \(Self.refusal)")
          }
        }
      }
      func backend() throws -> Int64? {
        try link.use { connection throws(PostgresError) in
          try connection.execute("SELECT pg_backend_pid()").int64(0, 0)
        }
      }
      #expect(refuse()?.recovery == .stop)
      let before = try backend()
      #expect(refuse()?.sqlState == .readOnlyTransaction)
      #expect(try backend() != before)
    }
  }

  /// The question whether a server is a standby went to another one than the BEGIN: what a BEGIN
  /// that is refused leaves is no transaction.
  @Test func aBeginThatIsRefusedOnANewConnectionIsWaitedFor() throws {
    try TestDatabase.with { database in
      let settings = try database.settings(.direct)
      let thrown = #expect(throws: PostgresError.self) {
        try DatabaseLink(settings).use { connection throws(PostgresError) in
          _ = try connection.execute(Self.refusal)
        }
      }
      #expect(thrown?.sqlState == .readOnlyTransaction)
      // The writer has the error as a value.
      let link = DatabaseLink(settings)
      let told = try link.use { connection throws(PostgresError) -> PostgresError? in
        do throws(PostgresError) {
          _ = try connection.execute(Self.refusal)
          return nil
        } catch {
          return error
        }
      }
      #expect(told.map { link.explained($0).recovery } == .reconnect)
    }
  }

  private static let refusal = "DO $$ BEGIN RAISE 'no' USING ERRCODE = '0A000'; END $$"

  /// Settings that worked are waited for: here a database that is dropped and restored.
  @Test func whatWorkedIsWaitedFor() throws {
    try TestDatabase.with { database in
      let link = DatabaseLink(try database.server.settings(database: "no_such_database"))
      let error = #expect(throws: PostgresError.self) {
        try link.use { connection throws(PostgresError) in _ = try connection.execute("SELECT 1") }
      }
      #expect(error?.sqlState == .invalidCatalogName)
      #expect(error?.recovery == .reconnect)
    }
  }

  /// After a failover the old primary may go on, read-only, at the other end of a connection: here
  /// every backend takes one batch, and refuses the next.
  @Test(arguments: ["25006", "0A000"])
  func aConnectionToAReadOnlyServerIsNotUsedAgain(state: String) throws {
    try TestDatabase.with { database in
      try database.value(
        """
        CREATE TABLE used_backends (pid integer PRIMARY KEY);
        CREATE FUNCTION refuse_backend() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          INSERT INTO used_backends VALUES (pg_backend_pid());
          RETURN NEW;
        EXCEPTION WHEN unique_violation THEN
          RAISE EXCEPTION 'read-only' USING ERRCODE = '\(state)';
        END $$;
        CREATE TRIGGER trouble BEFORE INSERT ON ingest_batches
          FOR EACH ROW EXECUTE FUNCTION refuse_backend();
        """)
      let fixture = try Fixture(database)
      let writer = RunningWriter(try database.settings(.direct))
      defer { writer.close() }
      for id in 1...4 {
        writer.submit(try fixture.batch([Fixture.invocation(id)]))
        #expect(writer.receipt(seconds: 15).storedCount == 1)
      }
      #expect(try database.value("SELECT count(*) FROM used_backends") == "4")
      #expect(try Sums(database).problems(produced: 4, accepted: 4) == [])
    }
  }
}

extension String {
  fileprivate var lastStatement: String {
    split(separator: "; ").last.map(String.init) ?? self
  }
}
