// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

/// A change of a month beside its close or its reopening: the second one waits for the first, and
/// then finds the month as that one left it.
@Suite struct PeriodRaceTests {
  enum Change: CaseIterable {
    case insert, update, delete, late
  }

  /// The month that the close, or the reopening, is about; those before are closed.
  private static let month = "2020-01-01"

  @Test(arguments: TestServer.all)
  func aCloseWaitsForTheChangesBeforeIt(_ server: TestServer) throws {
    for change in Change.allCases {
      try Stage.with(on: server) { stage in
        try stage.writer.execute("BEGIN; " + Self.sql(change, billedIn: Self.month))
        try stage.clerk.send("SELECT daybook_close_period('\(Self.month)', 'race')")
        #expect(try stage.clerkWaitsForTheWriter(), "\(change)")
        try stage.writer.execute("COMMIT")
        #expect(try stage.clerk.receive().text(0, 0) == "1")
        #expect(try stage.billedIsWhatStands(), "\(change)")
      }
    }
  }

  @Test(arguments: TestServer.all)
  func aChangeThatWaitedForACloseIsRefused(_ server: TestServer) throws {
    for change in Change.allCases {
      try Stage.with(on: server) { stage in
        try stage.clerk.execute("BEGIN; SELECT daybook_close_period('\(Self.month)', 'race')")
        try stage.writer.send(Self.sql(change, billedIn: Self.month))
        #expect(try stage.writerWaitsForTheClerk(), "\(change)")
        try stage.clerk.execute("COMMIT")
        #expect(stage.writersState() == (change == .late ? "23514" : "42501"), "\(change)")
        #expect(try stage.billedIsWhatStands(), "\(change)")
      }
    }
  }

  @Test(arguments: TestServer.all)
  func aChangeThatWaitedForAReopeningFindsTheMonthOpen(_ server: TestServer) throws {
    for change in Change.allCases {
      try Stage.with(on: server) { stage in
        try stage.clerk.execute("SELECT daybook_close_period('\(Self.month)', 'race')")
        try stage.clerk.execute("BEGIN; SELECT daybook_reopen_period('\(Self.month)', 'race')")
        try stage.writer.send(Self.sql(change, billedIn: "2020-02-01"))
        #expect(try stage.writerWaitsForTheClerk(), "\(change)")
        try stage.clerk.execute("COMMIT")
        // The line says the month in which it was billed before.
        #expect(stage.writersState() == (change == .late ? "23514" : nil), "\(change)")
      }
    }
  }

  @Test(arguments: TestServer.all)
  func aReopeningWaitsForTheLinesBeforeIt(_ server: TestServer) throws {
    for change in Change.allCases {
      try Stage.with(on: server) { stage in
        try stage.clerk.execute("SELECT daybook_close_period('\(Self.month)', 'race')")
        try stage.writer.send("BEGIN; " + Self.sql(change, billedIn: "2020-02-01"))
        #expect(stage.writersState() == (change == .late ? nil : "42501"), "\(change)")
        try stage.clerk.send("SELECT daybook_reopen_period('\(Self.month)', 'race')")
        if change == .late { #expect(try stage.clerkWaitsForTheWriter()) }
        try stage.writer.execute("COMMIT")
        _ = try stage.clerk.receive()
      }
    }
  }

  /// A snapshot from before the wait would not see the close.
  @Test func anotherIsolationLevelIsRefused() throws {
    for change in Change.allCases {
      try Stage.with(on: nil) { stage in
        try stage.writer.send(
          "BEGIN ISOLATION LEVEL REPEATABLE READ; " + Self.sql(change, billedIn: Self.month))
        #expect(stage.writersState() == "0A000", "\(change)")
      }
    }
  }

  /// What any program may send; both cost tables alike, or the month could not be closed.
  private static func sql(_ change: Change, billedIn billingMonth: String) -> String {
    switch change {
    case .insert:
      ["costs_daily", "costs_monthly"].map { "INSERT INTO \($0) VALUES ('u', \(row))" }
        .joined(separator: "; ")
    case .update:
      "UPDATE costs_daily SET cost = cost + 5; UPDATE costs_monthly SET cost = cost + 5"
    case .delete:
      "DELETE FROM costs_daily; DELETE FROM costs_monthly"
    case .late:
      """
      INSERT INTO cost_adjustments (kind, tenant_id, charge_day, billing_month, time_zone, project_id,
        provider, model, service_tier, currency, cost, records, failed_records, unpriced_records,
        input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
        reasoning_output_tokens, reason, batch_id)
      VALUES ('late', 't', '2019-12-05', '\(billingMonth)', 'UTC', '', 'p', 'm', 'standard', 'USD', 7, 1,
        0, 0, 0, 0, 0, 0, 0, 'x', gen_random_uuid())
      """
    }
  }

  private static let row =
    "'\(month)', '', 'p', 'm', 'standard', 'USD', 1, 1, 0, 0, 0, 0, 0, 0, 0, now()"

  /// A database with cost in the month, and the two sessions of a race.
  private struct Stage: ~Copyable {
    let database: TestDatabase
    var writer: Connection
    var clerk: Connection

    static func with(on server: TestServer?, _ body: (inout Stage) throws -> Void) throws {
      try TestDatabase.with(on: server) { database in
        try database.value(
          """
          SELECT daybook_close_period('2019-12-01', 'before');
          INSERT INTO costs_daily VALUES ('t', \(row)); INSERT INTO costs_monthly VALUES ('t', \(row));
          """)
        var stage = Stage(
          database: database, writer: try database.connect(), clerk: try database.connect())
        try body(&stage)
      }
    }

    mutating func clerkWaitsForTheWriter() throws -> Bool {
      try waits(clerk.backendPID, for: writer.backendPID)
    }

    mutating func writerWaitsForTheClerk() throws -> Bool {
      try waits(writer.backendPID, for: clerk.backendPID)
    }

    /// SQLSTATE of what the writer has sent.
    mutating func writersState() -> String? {
      do throws(PostgresError) {
        _ = try writer.receive()
        return nil
      } catch {
        return error.sqlState.rawValue
      }
    }

    func billedIsWhatStands() throws -> Bool {
      try database.value(
        """
        SELECT (SELECT coalesce(sum(total), 0) FROM statement_lines WHERE month = '\(month)')
          = (SELECT coalesce(sum(cost), 0) FROM costs_monthly WHERE month = '\(month)')
          + (SELECT coalesce(sum(cost), 0) FROM cost_adjustments WHERE billing_month = '\(month)')
        """) == "t"
    }

    private func waits(_ waiting: Int32, for holder: Int32) throws -> Bool {
      var observer = try database.connect()
      let deadline = ContinuousClock.now + .seconds(10)
      while ContinuousClock.now < deadline {
        let found = try observer.execute("SELECT pg_blocking_pids(\(waiting)) = ARRAY[\(holder)]")
        if found.bool(0, 0) == true { return true }
      }
      return false
    }
  }
}
