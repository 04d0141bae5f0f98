// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Ledger
import Postgres
import Testing

@testable import Books

/// Late lines that no record makes: they cannot be written, and are not billed where they were.
@Suite struct LateForgeryTests {
  private static let first = BooksScene.month(BooksScene.monthsAgo[0])
  private static let second = BooksScene.month(BooksScene.monthsAgo[1])

  /// The right batch, but not its rows: in the transaction of a batch, and after it.
  @Test(arguments: TestServer.all)
  func aLateLineIsTheSumOfTheRowsOfItsBatch(_ server: TestServer) throws {
    try BooksScene.with(on: server) { scene in
      try scene.ingest([.init(at: Self.first.start)])
      try scene.value("SELECT daybook_close_period('\(Self.first)-01', 'over')")
      try scene.ingest([
        .init(at: Self.first.start, cost: "2"), .init(at: Self.first.start, cost: "3"),
        .init(at: Self.second.start),
      ])
      let posted = try scene.value(
        "SELECT trim_scale(cost) || ' ' || records FROM cost_adjustments WHERE kind = 'late'")
      #expect(posted == "5 2")
      // As the search for a record that the database refuses does it.
      try scene.ingest([.init(at: Self.first.start, cost: "4")], inSavepoint: true)
      for deltas in [
        // More than the rows make, on a closed day, with the number of records that the ledger has.
        "'\(Self.first)-02', NULL, '', 'p', 'm', 'standard', 'USD', 1, 0, 0, 0, 0, 0, 0, 0, 0, -1000, 0",
        // Another sum of a day whose rows are there.
        "'\(Self.first)-01', NULL, '', 'p', 'm', 'standard', 'USD', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0.25, 0",
      ] {
        let refused = #expect(throws: PostgresError.self) {
          try scene.ingest([.init(at: Self.second.start)], forged: deltas)
        }
        #expect(refused?.sqlState.rawValue == "DB004")
        try scene.value("ROLLBACK")
      }
      let again = """
        SELECT daybook_post_late(batch_id, ARRAY['acme'], ARRAY['\(Self.first)-01'::date]) FROM ingest_batches
        """
      #expect(try scene.state(of: again) == "55000")
      #expect(try scene.value("SELECT sum(cost)::integer FROM cost_adjustments") == "9")
      #expect(try scene.audit().problems == [])
    }
  }

  /// The rows that stood at these positions before were billed already.
  @Test(arguments: TestServer.all)
  func onlyWhatTheBatchStoredIsLate(_ server: TestServer) throws {
    try BooksScene.with(on: server) { scene in
      try scene.ingest([.init(at: Self.first.start), .init(at: Self.first.start, cost: "9")])
      try scene.value("SELECT daybook_close_period('\(Self.first)-01', 'over')")
      for staged in [false, true] {
        try scene.goBack()
        try scene.ingest([.init(at: Self.first.start, cost: "2")], staged: staged)
      }
      let posted = try scene.value(
        """
        SELECT string_agg(trim_scale(cost) || ' ' || records, ', ') FROM cost_adjustments
        WHERE kind = 'late'
        """)
      #expect(posted == "2 1, 2 1")
    }
  }

  /// As the owner of the tables: refused by no trigger, seen by audit and by the next close.
  @Test(arguments: TestServer.all)
  func aLateLineThatNoRecordMakesIsNotBilled(_ server: TestServer) throws {
    try BooksScene.with(on: server) { scene in
      try scene.ingest([.init(at: Self.first.start), .init(at: Self.second.start)])
      var books = try scene.books()
      _ = try books.close(Self.first, reason: nil, allowUnpriced: false, dryRun: false)
      try scene.value(
        """
        INSERT INTO cost_adjustments (kind, tenant_id, charge_day, billing_month, time_zone, project_id, provider,
          model, service_tier, currency, cost, records, failed_records, unpriced_records, input_tokens,
          output_tokens, cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, reason,
          batch_id)
        VALUES ('late', 'acme', '\(Self.first)-01', '\(Self.second)-01', 'UTC', 'search', 'openai', 'm', 'standard',
          'USD', -1000, 0, 0, 0, 0, 0, 0, 0, 0, 'forged', gen_random_uuid())
        """)
      let problems = try scene.audit().problems
      #expect(problems.contains { $0.hasSuffix("that the ledger does not have") }, "\(problems)")
      let refused = try books.close(Self.second, reason: nil, allowUnpriced: false, dryRun: false)
      #expect(!refused.isClosed)
      #expect(
        refused.problems.contains { $0.contains("the rollup says 0.25 USD") }, "\(refused.problems)"
      )
      // The way out: the month that it came from is opened, repaired, and bills the opposite.
      try books.reopen(Self.first, reason: "forged")
      #expect(try scene.reconcile(repair: "forged").isGood)
      for month in [Self.first, Self.second] {
        let closed = try books.close(month, reason: nil, allowUnpriced: false, dryRun: false)
        #expect(closed.isClosed, "\(closed.problems)")
      }
      let billed = try scene.value(
        "SELECT trim_scale(sum(total)) FROM statement_lines JOIN billing_periods USING (month, version)"
      )
      #expect(billed == "0.5")
    }
  }

  /// What is changed while a close has read the records and not yet taken the books.
  @Test func whatChangedSinceItWasProvedIsProvedAgain() throws {
    try BooksScene.with { scene in
      try scene.ingest([.init(at: Self.first.start), .init(tenant: "globex", at: Self.first.start)])
      var books = try scene.books()
      let proof = try books.prove(Self.first)
      #expect(proof.problems == [] && proof.amounts.count == 2)
      try scene.ingest([.init(at: Self.first.start)])
      #expect(try books.problems(of: proof, Self.first) == [])
      try scene.value(
        """
        UPDATE costs_daily SET cost = cost + 5 WHERE tenant_id = 'globex';
        UPDATE costs_monthly SET cost = cost + 5 WHERE tenant_id = 'globex'
        """)
      let problems = try books.problems(of: proof, Self.first)
      #expect(!problems.isEmpty && problems.allSatisfy { $0.contains("tenant globex") })
    }
  }
}

extension BooksScene {
  /// SQLSTATE of a statement; nil when it is done.
  func state(of sql: String) throws -> String? {
    var connection = try database.connect()
    do throws(PostgresError) {
      try connection.execute(sql)
      return nil
    } catch {
      return error.sqlState.rawValue
    }
  }
}

extension Books {
  /// As a close asks, in a transaction.
  fileprivate mutating func problems(of proof: CloseProof, _ month: Month) throws -> [String] {
    try transaction(Begin.readWrite) { (books: inout Books) throws(PostgresError) in
      try books.findProblems(of: proof, month)
    }
  }
}
