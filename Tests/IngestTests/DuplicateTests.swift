// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

/// Duplicates that the filter does not know: the primary key is asked, and only they are staged.
struct DuplicateTests {
  typealias Fixture = BatchFixture

  @Test(arguments: [0, 1, 50, 100])
  func onlyTheRowsThatAreStoredAlreadyAreStaged(percent: Int) throws {
    try TestDatabase.with { database in
      try Books(database: database).setZone("Asia/Kolkata", of: "zoned")
      let fixture = try Fixture(database)
      try fixture.readReference()
      func payload(_ id: Int, cost: String = "0.25") -> String {
        Fixture.invocation(id, cost: cost, tenant: id.isMultiple(of: 3) ? "zoned" : "acme")
      }
      _ = try fixture.write(try fixture.batch((0..<200).map { payload($0) }))
      let known = 2 * percent
      // A conflict, too, and a record that stands in the batch twice.
      let payloads =
        (200 - known..<400 - known).map { payload($0) } + [
          payload(7, cost: "9"), payload(900), payload(900),
        ]
      let batch = try fixture.batch(payloads, staged: [5])
      let search = DuplicateSearch(sql: fixture.sql)
      let found = try fixture.link.use { connection throws(PostgresError) in
        try search(BatchPart(batch), on: &connection)
      }
      #expect(found == Set((0..<known).filter { $0 != 5 } + [200, 202]))
      let receipt = RunningWriter.settle(batch, try database.settings(.transactionPooler))
      #expect(receipt.storedCount == Int64(201 - known))
      let stored = Int64(401 - known)
      #expect(
        try Sums(database).problems(
          produced: 403, accepted: stored,
          cost: try database.value("SELECT trim_scale(\(stored) * 0.25)"))
          == [])
      #expect(try database.value("SELECT sum(duplicates) FROM ingest_batches") == "\(known + 1)")
      #expect(try Books(database: database).differences() == nil)
      #expect(try database.value("SELECT count(*) FROM costs_daily WHERE records = 0") == "0")
    }
  }

  /// However many months there are, and however often the connection has done it before.
  @Test(arguments: TestServer.all)
  func onlyTheMonthsOfTheBatchAreLookedInto(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      try database.value(
        """
        SET ROLE app_owner;
        SELECT count(daybook_create_partition('invocations', m::date)) FROM generate_series(
          now() - interval '20 months', now() - interval '2 months', interval '1 month') AS m;
        RESET ROLE;
        CREATE TABLE noted (partitions bigint);
        CREATE FUNCTION note_locks() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          INSERT INTO public.noted SELECT count(DISTINCT inhrelid) FROM pg_locks
            JOIN pg_inherits ON inhrelid = relation AND inhparent = 'public.invocations'::regclass
           WHERE pid = pg_backend_pid();
          RETURN NULL;
        END $$;
        CREATE TRIGGER note AFTER INSERT ON ingest_batches
          FOR EACH STATEMENT EXECUTE FUNCTION note_locks();
        """)
      let fixture = try Fixture(database, .direct)
      for _ in 0..<8 {
        let payloads = (0..<3).map { Fixture.invocation($0) }
        _ = try fixture.write(try fixture.batch(payloads, staged: [0, 1, 2]))
      }
      #expect(try Sums(database).problems(produced: 24, accepted: 3, cost: "0.75") == [])
      #expect(try database.value("SELECT max(partitions) FROM noted") == "1")
    }
  }

  /// A duplicate that comes between question and COPY: everything is staged then.
  @Test func aDuplicateOfTheMeantimeIsSettled() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let batch = try fixture.batch((0..<4).map { Fixture.invocation($0) })
      batch.isFirstOfClaim = true
      // What another worker stores while this one copies.
      try database.value(
        """
        CREATE SEQUENCE turns;
        CREATE FUNCTION come_between() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('turns') = 1 THEN
            RAISE EXCEPTION USING ERRCODE = '23505', CONSTRAINT = 'invocations_pkey';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER between BEFORE INSERT ON invocations
          FOR EACH ROW EXECUTE FUNCTION come_between();
        """)
      let receipt = RunningWriter.settle(batch, try database.settings(.transactionPooler))
      #expect(receipt.storedCount == 4)
      #expect(try Sums(database).problems(produced: 4, accepted: 4, cost: "1") == [])
    }
  }
}
