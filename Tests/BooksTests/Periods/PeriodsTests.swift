// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Ledger
import Postgres
import Testing

@testable import Books

/// Closing, reopening, statements, and what was known when.
@Suite struct PeriodsTests {
  private static let months = BooksScene.monthsAgo.map { BooksScene.month($0) }
  private static let first = months[0]
  private static let second = months[1]

  private func sums(_ statement: Statement?) -> [String] {
    (statement?.lines ?? []).map {
      "\($0.tenant) \($0.currency) \($0.charges.prefix(5)) \($0.corrections.prefix(6)) \($0.totalRounded)"
    }
  }

  @Test(arguments: TestServer.all)
  func lateCostIsBilledInTheNextMonthAndStatementsStay(_ server: TestServer) throws {
    try BooksScene.with(on: server) { scene in
      try scene.ingest([.init(at: Self.first.start, cost: "1.005"), .init(at: Self.second.start)])
      var books = try scene.books()
      let draft = try books.close(Self.first, reason: nil, allowUnpriced: false, dryRun: true)
      #expect(!draft.isClosed && draft.statement.version == 1)
      let closed = try books.close(Self.first, reason: "end", allowUnpriced: false, dryRun: false)
      #expect(sums(closed.statement) == ["acme USD 1.005 0.0000 1.01"], "\(sums(closed.statement))")
      #expect(closed.statement.lines == draft.statement.lines)
      try scene.ingest([.init(at: Self.first.start, cost: "2")])
      #expect(try books.statement(Self.first) == closed.statement)
      let open = try books.statement(Self.second)
      #expect(open?.basis == .open)
      #expect(sums(open) == ["acme USD 0.250 2.0000 2.25"], "\(sums(open))")

      try books.reopen(Self.first, reason: "again")
      let again = try books.close(Self.first, reason: nil, allowUnpriced: false, dryRun: false)
      #expect(again.statement.version == 2)
      #expect(again.statement.previousSHA256 == closed.statement.sha256)
      #expect(try books.statement(Self.first, version: 1) == closed.statement)
      #expect(try books.statement(Self.first, version: 3) == nil)
      let periods = try books.periods()
      #expect(periods.map(\.month) == [Self.first, Self.second])
      #expect(periods.map(\.isClosed) == [true, false])
      #expect(periods.map(\.corrections) == ["0", "2"])
    }
  }

  @Test func whatCannotBeClosedIsRefused() throws {
    try BooksScene.with { scene in
      try scene.ingest([
        .init(at: Self.first.start), .init(at: Self.second.start, cost: nil),
        .init(at: Timestamp.now()),
      ])
      var books = try scene.books()
      func refusal(_ month: Month) throws -> String {
        do throws(PostgresError) {
          _ = try books.close(month, reason: nil, allowUnpriced: true, dryRun: false)
          return ""
        } catch { return error.message }
      }
      #expect(try refusal(Self.second) == "month \(Self.first) is still open")
      #expect(try refusal(Timestamp.now().month).hasSuffix("is still open"))
      #expect(try refusal(Self.first) == "")
      #expect(try refusal(Self.first) == "month \(Self.first) is closed already")
      let outcome = try books.close(Self.second, reason: nil, allowUnpriced: false, dryRun: false)
      #expect(!outcome.isClosed && outcome.unpricedRecords == 1)
      #expect(try books.periods().filter(\.isClosed).map(\.month) == [Self.first])
      #expect(try refusal(Self.second) == "")
      #expect(try refusal(Timestamp.now().month).contains("is not over in every tenant's zone"))
      let wrong = #expect(throws: PostgresError.self) {
        try books.reopen(Self.first, reason: "r")
      }
      #expect(wrong?.message == "month \(Self.first) is not the last closed one")
    }
  }

  /// It is billed here, where nobody would look for the price of a closed month's call.
  @Test func aLateCallWithoutACostKeepsTheMonthOpenThatBillsIt() throws {
    try BooksScene.with { scene in
      try scene.ingest([
        .init(at: Self.first.start), .init(at: Self.first.start, cost: nil, model: "n"),
        .init(at: Self.second.start),
      ])
      var books = try scene.books()
      func close(isDry: Bool = false) throws -> CloseOutcome {
        try books.close(Self.second, reason: nil, allowUnpriced: false, dryRun: isDry)
      }
      _ = try books.close(Self.first, reason: nil, allowUnpriced: true, dryRun: false)
      // What the close of its own month has allowed is in nobody's way.
      try scene.ingest([.init(at: Self.first.start)])
      #expect(try close(isDry: true).unpricedRecords == 0)
      // Nor is what nobody can price.
      try scene.reprice("0.1", of: "request_model = 'n'")
      try scene.ingest([.init(at: Self.first.start, cost: nil, tokens: nil)])
      #expect(try close(isDry: true).unpricedRecords == 0)

      try scene.ingest([
        .init(at: Self.first.start, cost: nil), .init(at: Self.first.start, cost: nil),
        .init(at: Self.second.start, cost: nil, model: "n"),
      ])
      let refused = try close()
      #expect(!refused.isClosed && refused.unpricedRecords == 3)
      #expect(refused.lateUnpriced == [.init(chargeMonth: Self.first, records: 2)])
      try scene.reprice("0.1", of: "cost IS NULL AND request_model = 'n'")
      #expect(try close().unpricedRecords == 2)
      try scene.reprice("0.1", of: "cost IS NULL AND input_tokens IS NOT NULL")
      let closed = try close()
      #expect(closed.isClosed && closed.unpricedRecords == 0, "\(closed.problems)")
    }
  }

  /// The same question at any later time has the same answer, whatever came since.
  @Test(arguments: TestServer.all)
  func asOfAnswersTheSameForEver(_ server: TestServer) throws {
    try BooksScene.with(on: server) { scene in
      var asked: [(time: Timestamp, month: Month, answer: Statement?)] = []
      var books = try scene.books()
      func ask() throws {
        let text =
          try scene.value(
            "SELECT to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')") ?? ""
        let time = try #require(rfc3339(text))
        for month in Self.months {
          let open = try books.statement(month)
          let answer = try books.statement(month, asOf: time)
          #expect(sums(answer) == sums(open), "\(month)")
          asked.append((time, month, answer))
        }
      }
      let edge = Timestamp(microseconds: Self.second.start.microseconds - 1)
      try scene.ingest([
        .init(tenant: "berlin", at: edge), .init(tenant: "acme", at: edge, cost: nil),
      ])
      try ask()
      try scene.setZone("berlin", "Europe/Berlin")
      try ask()
      try scene.ingest([.init(tenant: "berlin", at: edge), .init(at: Self.first.start)])
      try scene.reprice("0.3", "EUR", of: "cost IS NULL")
      try ask()
      _ = try books.close(Self.first, reason: nil, allowUnpriced: true, dryRun: false)
      try ask()
      try scene.ingest([.init(at: Self.first.start), .init(tenant: "berlin", at: edge)])
      try scene.setZone("berlin", "Asia/Tokyo")
      try ask()
      try books.reopen(Self.first, reason: "r")
      try scene.ingest([.init(at: Self.first.start, cost: "5")])
      try ask()
      _ = try books.close(Self.first, reason: nil, allowUnpriced: true, dryRun: false)
      try ask()
      for (time, month, answer) in asked {
        #expect(try books.statement(month, asOf: time) == answer, "\(month) at \(time)")
      }
    }
  }

  /// Dates are compared as texts, and look as the server, the database or the role have them.
  @Test(arguments: ["ISO, MDY", "German", "SQL, DMY", "Postgres, MDY"])
  func aSiteMayHaveItsOwnWayToWriteDates(_ style: String) throws {
    try BooksScene.with { scene in
      try scene.ingest([.init(at: Self.first.start), .init(at: Self.second.start)])
      let time = Timestamp.now()
      try scene.value("UPDATE partition_policies SET retention_months = 1")
      try scene.database.retire("invocations_\(Self.first.partitionSuffix)", of: "invocations")
      let name = SQL.identifier(scene.database.name)
      try scene.value("ALTER DATABASE \(name) SET datestyle = '\(style)'")
      var books = try scene.books()
      let refused = #expect(throws: PostgresError.self) {
        _ = try books.statement(Self.first, asOf: time)
      }
      #expect(refused?.message == "records of \(Self.first) have left with retired partitions")
      let report = try scene.reconcile()
      #expect(report.isGood)
      #expect(report.months.filter(\.leavesDaysOut).map(\.month) == [Self.first])
    }
  }

  private func rfc3339(_ text: String) -> Timestamp? {
    var copy = text
    return copy.withUTF8 { Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }
  }

  @Test(arguments: [
    "UPDATE statement_lines SET total = total + 1, charges = charges + 1, "
      + "total_rounded = total_rounded + 1",
    "DELETE FROM statement_lines", "UPDATE statement_lines SET payer = 'somebody'",
    "UPDATE statements SET previous_sha256 = sha256('')",
    "UPDATE statements SET version = 7; UPDATE statement_lines SET version = 7",
  ])
  func aForgedStatementIsSeen(_ forgery: String) throws {
    try BooksScene.with { scene in
      try scene.ingest([.init(at: Self.first.start)])
      var books = try scene.books()
      _ = try books.close(Self.first, reason: nil, allowUnpriced: false, dryRun: false)
      #expect(try scene.audit().problems == [])
      try scene.value("SET session_replication_role = replica")
      try scene.value(
        "ALTER TABLE statements DISABLE TRIGGER ALL; ALTER TABLE statement_lines DISABLE TRIGGER ALL;"
          + forgery)
      let version = forgery.contains("version") ? 7 : 1
      #expect(try books.statement(Self.first, version: version)?.problems.isEmpty == false)
      #expect(try !scene.audit().problems.isEmpty)
    }
  }

  /// A month that no entry of the journal opened, by an owner who switched the trigger off.
  @Test(
    arguments: TestServer.all,
    ["UPDATE billing_periods SET status = 'open'", "DELETE FROM billing_periods"])
  func aStatusThatTheJournalDoesNotExplainIsSeen(_ server: TestServer, forgery: String) throws {
    try BooksScene.with(on: server) { scene in
      try scene.ingest([.init(at: Self.first.start)])
      var books = try scene.books()
      for _ in 1...2 {
        _ = try books.close(Self.first, reason: nil, allowUnpriced: false, dryRun: false)
        #expect(try scene.audit().problems == [])
        try books.reopen(Self.first, reason: "again")
        #expect(try scene.audit().problems == [])
      }
      _ = try books.close(Self.first, reason: nil, allowUnpriced: false, dryRun: false)
      #expect(try scene.state(of: "SET ROLE app_owner; \(forgery)") == "42501")
      try scene.value(
        """
        SET session_replication_role = replica;
        ALTER TABLE billing_periods DISABLE TRIGGER ALL; \(forgery)
        """)
      let problems = try scene.audit().problems
      #expect(
        problems.contains {
          $0.hasPrefix("month \(Self.first): ")
            && $0.contains("billing_journal says closed, version 3")
        }, "\(problems)")
    }
  }

  /// A call without a price in a closed month, priced as a correction of the next one: when its
  /// month is opened again, nothing of it is without a cost.
  @Test func aReopenedMonthKnowsWhatWasPricedElsewhere() throws {
    try FinanceScene.with { scene in
      let month = try #require(Month(scene.first))
      var books = try scene.books()
      _ = try books.close(month, reason: nil, allowUnpriced: true, dryRun: false)
      try scene.price("mystery", input: "1e-06", output: "2e-06")
      _ = try books.reprice(RepriceTests.request(scene)) { _ in }
      try books.reopen(month, reason: "again")
      let closed = try books.close(month, reason: nil, allowUnpriced: false, dryRun: false)
      #expect(closed.isClosed && closed.unpricedRecords == 0, "\(closed.problems)")
      #expect(closed.pricedElsewhere.map { "\($0.billingMonth)" } == [scene.second])
      let elsewhere = try scene.run(
        """
        SELECT count(*) FROM invocation_costs WHERE recorded_cost IS NULL AND cost IS NOT NULL
          AND daybook_billing_day(tenant_id, occurred_at) < '\(scene.second)-01'
        """)
      #expect(closed.pricedElsewhere.map { String($0.records) } == [elsewhere])
    }
  }
}
