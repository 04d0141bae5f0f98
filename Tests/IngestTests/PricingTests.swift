// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Kafka
import Ledger
import Postgres
import Pricing
import Telemetry
import Testing

@testable import Ingest

/// Records without a cost, from the catalogue in the database to the rollups.
struct PricingTests {
  typealias Fixture = BatchFixture

  private func unpriced(_ range: Range<Int>) -> [String] {
    range.map { Fixture.invocation($0, cost: nil) }
  }

  /// 100 tokens in, 10 out.
  @Test func bothPathsStoreAndRollUpThePricedCost() throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      try books.setPrice(input: "0.000000000003", output: "0.001")
      let fixture = try Fixture(database)
      try fixture.readReference()
      let batch = try fixture.batch(unpriced(0..<6) + [Fixture.invocation(6)], staged: [1, 3, 5])
      #expect(batch.pricing.computed == 6)
      _ = try fixture.write(batch)
      #expect(try Sums(database).problems(produced: 7, accepted: 7, cost: "0.3100000018") == [])
      #expect(try books.differences() == nil)
      #expect(
        try database.value(
          """
          SELECT string_agg(DISTINCT concat_ws(' ', cost_source, price_version, currency), ', ')
          FROM invocations
          """)
          == "computed \(try database.value("SELECT price_id FROM model_prices") ?? "") USD, "
          + "producer USD")
    }
  }

  @Test func withoutAPriceThereIsNoCost() throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      let fixture = try Fixture(database)
      try fixture.readReference()
      let failure = #","status":"failure","error_type":"timeout""#
      let batch = try fixture.batch(
        unpriced(0..<2) + [
          Fixture.invocation(2, cost: nil).replacing(
            #""input_tokens":100,"output_tokens":10,"status":"success""#,
            with: String(failure.dropFirst()))
        ], staged: [1])
      _ = try fixture.write(batch)
      let counts = Dictionary(uniqueKeysWithValues: batch.pricing.unpriced)
      #expect(counts.filter { $0.value > 0 } == ["unknown_model": 2, "no_usage": 1])
      #expect(batch.pricing.computed == 0)
      #expect(
        try database.value(
          "SELECT string_agg(DISTINCT cost_source || coalesce(cost::text, ''), ' ') FROM invocations"
        )
          == "none")
      #expect(
        try database.value(
          "SELECT sum(unpriced_records) || currency FROM costs_daily GROUP BY currency")
          == "3XXX")
      #expect(try books.differences() == nil)
    }
  }

  /// What is sent again after a change of prices is the same record, not a conflict.
  @Test func aRedeliveryAfterAChangeOfPricesIsADuplicate() throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      try books.setPrice(input: "0.001", output: "0")
      let fixture = try Fixture(database)
      try fixture.readReference()
      _ = try fixture.write(try fixture.batch(unpriced(0..<3), staged: [1]))
      try books.setPrice(input: "0.002", output: "0")
      try fixture.readReference()
      let tables = try fixture.write(
        try fixture.batch(unpriced(0..<4)), WritePlan(stagesEverything: true))
      #expect(tables.map(\.duplicates) == [3])
      #expect(tables.map(\.rejected) == [0])
      #expect(try Sums(database).problems(produced: 7, accepted: 4, cost: "0.5") == [])
      #expect(try books.differences() == nil)
    }
  }

  /// Rows, rollups and `costs --by provider` have one provider, and what is sent again after a
  /// change of spellings is the same record.
  @Test func spellingsOfAProviderAreOne() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      try fixture.readReference()
      func calls(_ names: [String]) -> [String] {
        names.enumerated().map { index, name in
          Fixture.invocation(index).replacing(#""anthropic""#, with: "\"\(name)\"")
        }
      }
      let spellings = ["google", "gemini", "gcp.gen_ai", "gcp.gemini", "proxy"]
      #expect(calls(spellings)[0].contains(#""google""#))
      _ = try fixture.write(try fixture.batch(calls(spellings), staged: [1, 4]))
      let providers = """
        SELECT string_agg(DISTINCT provider || records, ' ' ORDER BY provider || records) FROM (
          SELECT provider, count(*) AS records FROM invocations GROUP BY provider
          UNION ALL SELECT provider, sum(records) FROM costs_daily GROUP BY provider
          UNION ALL SELECT provider, sum(records) FROM costs_monthly GROUP BY provider) AS found
        """
      #expect(try database.value(providers) == "gcp.gemini4 proxy1")
      try database.value(
        """
        SELECT daybook_change_provider_aliases((SELECT coalesce(max(version), 0) FROM price_versions),
          'test', '{}', '[{"alias":"google","provider":null},{"alias":"proxy","provider":"openai"}]')
        """)
      try fixture.readReference()
      let again = try fixture.write(
        try fixture.batch(calls(spellings)), WritePlan(stagesEverything: true))
      #expect(again.map(\.duplicates) == [5])
      #expect(again.map(\.rejected) == [0])
      #expect(try database.value(providers) == "gcp.gemini4 proxy1")
      // Nor is a retry in other words another record: other white space, or the other spelling.
      let words = calls(["gemini", "google", "gcp.gemini", "gcp.gen_ai", "openai"])
      let retried = try fixture.write(
        try fixture.batch(words), WritePlan(stagesEverything: true))
      #expect(retried.map(\.rejected) == [1])
      #expect(try Books(database: database).differences() == nil)
    }
  }

  /// Another client changes a price while records come through PgBouncer in transaction mode.
  @Test func aChangeOfPricesIsInUseWithinSeconds() throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      try books.setPrice(input: "0.001", output: "0")
      let scene = try MockScene(database)
      let settings = try scene.settings()
      #expect(
        IngestLimits.referencePollMilliseconds + settings.limits.ageMillisecondsMax <= 4000)
      let ingester = RunningIngester(settings)
      defer { ingester.requestStop() }
      var next = 0
      func appears(_ cost: String) throws -> Bool {
        try eventually(seconds: 30) {
          try scene.produce(unpriced(next..<next + 2))
          next += 2
          return try database.value("SELECT count(*) > 0 FROM invocations WHERE cost = \(cost)")
            == "t"
        }
      }
      #expect(try appears("0.1"))
      try books.setPrice(input: "0.002", output: "0")
      let changedAt = ContinuousClock.now
      #expect(try appears("0.2"))
      print("a change of prices was in use after \(changedAt.duration(to: .now))")
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try database.value("SELECT count(*) FROM invocations WHERE cost IS NULL") == "0")
      #expect((Metrics.recordsPriced.sample() ?? 0) >= 2)
      #expect((Metrics.priceCatalogLoaded.sample() ?? 0) > 1_700_000_000)
      #expect(try books.differences() == nil)
    }
  }

  @Test func withoutTheDatabaseTheLastPricesStayInUse() throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      let version = try books.setPrice(input: "0.001", output: "0")
      let proxy = try TCPProxy(to: try database.server.port(.transactionPooler))
      defer { proxy.close() }
      let link = DatabaseLink(
        try database.settings(.direct, ["host": "127.0.0.1", "port": String(proxy.port)]))
      let cache = ReferenceCache(schema: "public")
      try cache.refresh(link)
      let before = cache.current
      #expect(before.prices.version == version)
      proxy.set(.loseRequest("price_versions"))
      #expect(throws: PostgresError.self) { try cache.refresh(link) }
      #expect(cache.current.prices === before.prices)
      try books.setPrice(input: "0.002", output: "0")
      try cache.refresh(link)
      #expect(cache.current.prices.version == version + 1)
    }
  }

  /// A database that was restored gives the same number to another change.
  @Test func theNumberOfAVersionAloneIsNotTrusted() throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      try books.setPrice(input: "0.001", output: "0")
      let link = DatabaseLink(try database.settings(.direct))
      let cache = ReferenceCache(schema: "public")
      try cache.refresh(link)
      let before = cache.current.prices
      try cache.refresh(link)
      #expect(cache.current.prices === before)
      try database.value(
        """
        SET session_replication_role = replica;
        ALTER TABLE price_versions DISABLE TRIGGER refuse_change;
        UPDATE price_versions SET changed_at = changed_at + interval '1 microsecond'
        """)
      try cache.refresh(link)
      #expect(cache.current.prices !== before)
      #expect(cache.current.prices.version == before.version)
    }
  }

  /// The connection of the refresher and those of the workers are all gone while records come.
  @Test func recordsThatComeDuringAnOutageArePriced() throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      try books.setPrice(input: "0.001", output: "0")
      let proxy = try TCPProxy(to: try database.server.port(.transactionPooler))
      defer { proxy.close() }
      let scene = try MockScene(database)
      var settings = try scene.settings()
      settings.database = try database.settings(
        .direct,
        [
          "host": "127.0.0.1", "port": String(proxy.port), "user": MockScene.login,
          "password": "test", "tcp_user_timeout": "1000",
        ])
      let ingester = RunningIngester(settings)
      defer { ingester.requestStop() }
      try scene.produce(unpriced(0..<10))
      #expect(try eventually { try Sums(database).rows == 10 })
      proxy.set(.loseRequest("price_versions"))
      #expect(eventually { proxy.cutCount == 1 })
      proxy.set(.loseRequest("COPY"))
      try scene.produce(unpriced(10..<20))
      #expect(eventually { proxy.cutCount == 2 })
      #expect(try eventually { try Sums(database).rows == 20 })
      #expect(try database.value("SELECT sum(cost) FROM invocations") == "2.000000000000")
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
    }
  }

  /// A catalogue that cannot be read yet: nothing is decoded without it.
  @Test func nothingIsReadBeforeThePrices() throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      try books.setPrice(input: "0.001", output: "0")
      let scene = try MockScene(database)
      try scene.produce(unpriced(0..<10))
      var blocker = try database.connect()
      try blocker.execute("BEGIN; LOCK TABLE price_versions IN ACCESS EXCLUSIVE MODE")
      let ingester = RunningIngester(try scene.settings())
      defer { ingester.requestStop() }
      let waiting = """
        SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND query LIKE '%price_versions%'
        """
      #expect(try eventually { try database.value(waiting) == "t" })
      #expect(try database.value("SELECT count(*) FROM ingest_offsets") == "0")
      try blocker.execute("COMMIT")
      #expect(try eventually { try Sums(database).rows == 10 })
      #expect(try database.value("SELECT sum(cost) FROM invocations") == "1.000000000000")
    }
  }

  @Test func withoutTheRightToReadPricesIngestEnds() throws {
    try TestDatabase.with { database in
      try database.value("REVOKE SELECT ON price_versions FROM app_write")
      let scene = try MockScene(database)
      let result = try #require(RunningIngester(try scene.settings()).wait())
      let error = #expect(throws: IngestError.self) { try result.get() }
      #expect(error?.description.contains("price_versions") == true)
    }
  }
}

/// A database that lost the newest change of prices, as an asynchronous standby does that is
/// promoted.
struct LostPricesTests {
  typealias Fixture = BatchFixture

  /// Takes the newest change back and gives its numbers to another price.
  private func loseNewestPrices(_ database: TestDatabase) throws {
    let version = try database.value("SELECT max(version) FROM price_versions") ?? "0"
    try database.value(
      """
      ALTER TABLE model_prices DISABLE TRIGGER USER;
      ALTER TABLE price_versions DISABLE TRIGGER USER;
      DELETE FROM model_prices WHERE version = \(version);
      UPDATE model_prices SET superseded_by = NULL WHERE superseded_by = \(version);
      DELETE FROM price_versions WHERE version = \(version);
      ALTER TABLE model_prices ENABLE TRIGGER USER;
      ALTER TABLE price_versions ENABLE TRIGGER USER;
      SELECT setval(pg_get_serial_sequence('model_prices', 'price_id'), (SELECT max(price_id) FROM model_prices));
      SELECT setval(pg_get_serial_sequence('price_versions', 'version'), (SELECT max(version) FROM price_versions));
      """)
  }

  @Test(arguments: [false, true], [false, true])
  func aBatchOfLostPricesIsMadeAgain(isStaged: Bool, isReused: Bool) throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      try books.setPrice(input: "0.001", output: "0")
      try books.setPrice(input: "0.002", output: "0")
      let fixture = try Fixture(database)
      let settings = try database.settings(.transactionPooler)
      try fixture.readReference()
      let payloads = (0..<4).map { Fixture.invocation($0, cost: nil) }
      let batch = try fixture.batch(payloads, staged: isStaged ? [1, 2] : [])
      try loseNewestPrices(database)
      if isReused { try books.setPrice(input: "0.005", output: "0") }
      let writer = RunningWriter(settings)
      defer { writer.close() }
      writer.submit(batch)
      #expect(writer.receipt().isFenced)
      #expect(try Sums(database).problems(produced: 0, accepted: 0) == [])
      fixture.reference = writer.references.current
      try fixture.claim()
      #expect(RunningWriter.settle(try fixture.batch(payloads), settings).storedCount == 4)
      let cost = isReused ? "2" : "0.4"
      #expect(try Sums(database).problems(produced: 4, accepted: 4, cost: cost) == [])
      #expect(try problems(database) == [])
    }
  }

  @Test func theAuditNamesStampsWithoutARow() throws {
    try TestDatabase.with { database in
      try Books(database: database).setPrice(input: "0.001", output: "0")
      let fixture = try Fixture(database)
      try fixture.readReference()
      _ = try fixture.write(
        try fixture.batch((0..<3).map { Fixture.invocation($0, cost: nil) }))
      #expect(try problems(database) == [])
      try Books(database: database).setPrice(input: "0.002", output: "0")
      try loseNewestPrices(database)
      try database.value(
        """
        ALTER TABLE invocations DISABLE TRIGGER USER;
        UPDATE invocations SET price_version = '77' WHERE invocation_id::text LIKE '%1'
        """)
      #expect(
        try problems(database) == [
          "invocations: 1 records name price 77, which is not in the catalogue"
        ])
    }
  }

  private func problems(_ database: TestDatabase) throws -> [String] {
    var ledger = LedgerReader(try database.connect(), schema: "public")
    return try ledger.audit().problems
  }
}
