// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Postgres
import Synchronization
import Testing

@testable import Ingest

/// Records that come for a month whose books are closed.
struct ClosedMonthTests {
  typealias Fixture = BatchFixture

  /// The month before last: over in every zone.
  private let month = Timestamp.now().month.advanced(by: -2)
  private var first: String { String(month.start.description.prefix(10)) }
  private var next: String { String(month.next.start.description.prefix(10)) }

  private func at(_ hours: Int64, after start: Timestamp) -> String {
    Timestamp(
      microseconds: start.microseconds + hours * 3600 * Timestamp.microsecondsPerSecond
    ).description
  }

  private static let rollups = """
    SELECT string_agg(r::text, E'\\n' ORDER BY r::text) FROM (
      SELECT to_jsonb(d) AS r FROM costs_daily d WHERE day < DATE '%' UNION ALL
      SELECT to_jsonb(m) FROM costs_monthly m WHERE month < DATE '%') AS x
    """

  private func closedRollups(_ database: TestDatabase) throws -> String? {
    try database.value(Self.rollups.replacing("%", with: next))
  }

  @Test(arguments: [false, true])
  func lateRecordsBecomeLinesOfTheFirstOpenMonth(isStaged: Bool) throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      for month in [first, next] { try books.makePartition(month) }
      try books.setZone("America/New_York", of: "zoned")
      let fixture = try Fixture(database)
      try fixture.readReference()
      var id = 0
      func batch(_ duplicates: [String] = []) throws -> (Batch, [String]) {
        var payloads: [String] = []
        for tenant in ["acme", "zoned"] {
          // Around the end of the month, in UTC and in New York.
          for hours in [-50, -2, -1, 0, 3, 5, 50] as [Int64] {
            id += 1
            payloads.append(
              Fixture.invocation(
                id, tenant: tenant, occurredAt: at(hours, after: month.next.start)))
          }
        }
        let all = payloads + duplicates
        let staged = isStaged ? Set(all.indices) : Set(payloads.count..<all.count)
        return (try fixture.batch(all, staged: staged), payloads)
      }
      let (early, payloads) = try batch()
      _ = try fixture.write(early)
      try books.close(first)
      let before = try closedRollups(database)
      let (late, _) = try batch(payloads)
      let tables = try fixture.write(late)
      #expect(tables.map(\.duplicates) == [Int64(payloads.count)])
      #expect(try closedRollups(database) == before)
      #expect(before != nil)
      #expect(try books.differences() == nil)
      #expect(
        try database.value(
          """
          SELECT string_agg(concat_ws(' ', kind, tenant_id, charge_day >= '\(first)',
            charge_day < '\(next)', billing_month = '\(next)', sum_records, is_batch), ', ') FROM (
            SELECT kind, tenant_id, min(charge_day) AS charge_day, min(billing_month) AS billing_month,
              sum(records) AS sum_records, bool_and(batch_id = '\(late.id)') AS is_batch
            FROM cost_adjustments GROUP BY kind, tenant_id ORDER BY kind, tenant_id) AS lines
          """) == "late acme t t t 3 t, late zoned t t t 5 t")
      #expect(
        try database.value(
          "SELECT count(*) FROM cost_adjustments WHERE charge_day >= '\(next)'") == "0")
    }
  }

  /// Instants around the end of the last closed month, when the zone changes with the first open
  /// one.
  @Test(arguments: [
    ("Pacific/Kiritimati", "Pacific/Pago_Pago"), ("Pacific/Pago_Pago", "Pacific/Kiritimati"),
    ("UTC", "Asia/Kathmandu"), ("Australia/Lord_Howe", "America/St_Johns"),
  ])
  func noInstantIsLostOrCountedTwiceWhereZonesMeet(before: String, after: String) throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      for month in [first, next] { try books.makePartition(month) }
      if before != "UTC" { try books.setZone(before, of: "acme") }
      let fixture = try Fixture(database)
      var random = SeededNumbers()
      var id = 0
      func write(_ count: Int) throws {
        try fixture.readReference()
        let payloads = (0..<count).map { _ in
          id += 1
          let minutes = Int64.random(in: -30 * 60...30 * 60, using: &random)
          let instant = Timestamp(
            microseconds: month.next.start.microseconds
              + minutes * 60 * Timestamp.microsecondsPerSecond)
          return Fixture.invocation(id, occurredAt: instant.description)
        }
        let staged = Set(payloads.indices.filter { $0.isMultiple(of: 3) })
        _ = try fixture.write(try fixture.batch(payloads, staged: staged))
      }
      try write(300)
      try books.close(first)
      let closed = try closedRollups(database)
      try books.setZone(after, of: "acme")
      #expect(try closedRollups(database) == closed)
      #expect(try books.differences() == nil)
      try write(300)
      #expect(try closedRollups(database) == closed)
      #expect(try books.differences() == nil)
      #expect(
        try database.value(
          """
          SELECT (SELECT sum(records) FROM costs_monthly) + (SELECT sum(records) FROM cost_adjustments)
          """) == "600")
      // An instant of the closed month is late or was in time; none moved across the border.
      #expect(
        try database.value(
          """
          SELECT count(*) FROM invocations i, tenant_time_zones z
          WHERE z.first_month = '\(next)' AND (daybook_billing_day(i.tenant_id, i.occurred_at) < '\(next)')
            <> (i.occurred_at < z.starts_at)
          """) == "0")
    }
  }

  /// A pooled connection may carry another client's isolation level; the snapshot would be too old.
  @Test(arguments: ["REPEATABLE READ", "SERIALIZABLE"])
  func theBooksAreChangedInReadCommittedOnly(level: String) throws {
    try TestDatabase.with { database in
      var connection = try database.connect()
      try connection.execute("BEGIN ISOLATION LEVEL \(level)")
      let error = #expect(throws: PostgresError.self) {
        try connection.execute("SELECT daybook_close_period('2026-01-01', 'r')")
      }
      #expect(error?.message.contains("isolation level \(level.lowercased())") == true)
    }
  }

  /// Months that are made again for a zone may take longer than a batch waits for a lock. Its rows
  /// are copied once before, and once when the books are free.
  @Test func aLongChangeOfTheBooksIsWaitedOut() throws {
    try TestDatabase.with { database in
      try database.value(
        """
        CREATE SEQUENCE copied;
        CREATE FUNCTION count_copied() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM nextval('copied');
          RETURN NEW;
        END $$;
        CREATE TRIGGER count_copied BEFORE INSERT ON invocations
          FOR EACH ROW EXECUTE FUNCTION count_copied();
        """)
      let fixture = try Fixture(database)
      var finance = try database.connect()
      try finance.execute("BEGIN; SELECT daybook_lock_books()")
      let writer = RunningWriter(try database.settings(.transactionPooler))
      defer { writer.close() }
      writer.submit(try fixture.batch((0..<3).map { Fixture.invocation($0) } + ["nonsense"]))
      var attempts: Set<String> = []
      let waiting = """
        SELECT max(query_start) FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event = 'relation' AND query ~ 'daybook_apply_batch|daybook_share_books'
        """
      #expect(
        try eventually(seconds: 60) {
          if let start = try database.value(waiting) { attempts.insert(start) }
          return attempts.count == 3
        })
      try finance.execute("COMMIT")
      #expect(writer.receipt().storedCount == 3)
      #expect(try database.value("SELECT last_value FROM copied") == "6")
      #expect(try Sums(database).problems(produced: 4, accepted: 3, cost: "0.75") == [])
      #expect(
        try database.value("SELECT string_agg(reason, ' ') FROM rejected_records") == "not_json")
    }
  }

  /// A month is closed and opened again and again while four writers add to it.
  @Test func closingBesideRunningIngestLosesAndDoublesNothing() throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      for month in [first, next] { try books.makePartition(month) }
      try books.setZone("Asia/Kolkata", of: "zoned")
      let load = ClosingLoad(database, around: month.next.start)
      load.start()
      var rounds = 0
      let deadline = ContinuousClock.now + .seconds(6)
      while ContinuousClock.now < deadline {
        try books.close(first)
        let closed = try closedRollups(database)
        let seen = load.batchCount
        #expect(eventually { load.batchCount > seen + ClosingLoad.writerCount })
        #expect(try closedRollups(database) == closed)
        #expect(
          try database.value(
            """
            SELECT count(*) FROM (
              SELECT tenant_id, charges FROM statement_lines JOIN billing_periods USING (month, version)
              EXCEPT SELECT tenant_id, sum(cost) FROM costs_monthly WHERE month = '\(first)' GROUP BY 1
            ) AS x
            """) == "0")
        try database.value("SELECT daybook_reopen_period('\(first)', 'test')")
        rounds += 1
      }
      #expect(load.stop() == [])
      #expect(rounds > 3)
      #expect(try books.differences() == nil)
      let count = load.batchCount * ClosingLoad.batchRecords
      #expect(try database.value("SELECT count(*) FROM invocations") == "\(count)")
      print("\(rounds) closes beside \(load.batchCount) batches")
    }
  }
}

/// Writers that add to the same days on both sides of the end of a month, on both paths.
private final class ClosingLoad: Sendable {
  static let writerCount = 4
  static let batchRecords = 50

  private struct State {
    var batches = 0
    var isOver = false
    var problems: [String] = []
  }

  private let database: TestDatabase
  private let boundary: Timestamp
  private let state = Mutex(State())
  private let ended = DispatchSemaphore(value: 0)

  init(_ database: TestDatabase, around boundary: Timestamp) {
    self.database = database
    self.boundary = boundary
  }

  var batchCount: Int { state.withLock { $0.batches } }

  func start() {
    for number in 0..<Self.writerCount {
      Thread.detachNewThread { [self] in
        do {
          try write(number)
        } catch {
          state.withLock { $0.problems.append("\(error)") }
        }
        ended.signal()
      }
    }
  }

  /// What went wrong.
  func stop() -> [String] {
    state.withLock { $0.isOver = true }
    for _ in 0..<Self.writerCount { ended.wait() }
    return state.withLock { $0.problems }
  }

  private func write(_ number: Int) throws {
    let fixture = try BatchFixture(database, partition: Int32(number))
    try fixture.readReference()
    var round = 0
    while !state.withLock({ $0.isOver }) {
      let payloads = (0..<Self.batchRecords).map { index in
        let instant = Timestamp(
          microseconds: boundary.microseconds
            + (Int64(index) - 25) * 3600 * Timestamp.microsecondsPerSecond)
        return BatchFixture.invocation(
          (number * 10_000 + round) * 100 + index, tenant: ["acme", "zoned", "other"][index % 3],
          occurredAt: instant.description)
      }
      let staged = round.isMultiple(of: 2) ? Set(payloads.indices) : []
      _ = try fixture.write(try fixture.batch(payloads, staged: staged))
      round += 1
      state.withLock { $0.batches += 1 }
    }
  }
}
