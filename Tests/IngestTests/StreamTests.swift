// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Ingest
import Ledger
import Migrations
import Postgres
import Records
import Testing

/// What holds for every stream that is declared, from the topic to the audit.
@Suite(.enabled(if: Broker.isPresent, "needs DAYBOOK_TEST_KAFKA_BROKERS: run by ops/test"))
struct StreamTests {
  private static let partitions: Int32 = 2

  /// Records, the same again in the batch and after it, and one that is refused; then the last
  /// migration is taken back and applied again, with the records that are left.
  @Test(arguments: Stream.all)
  func recordsAreStoredOnceCountedAndAudited(_ stream: Stream) throws {
    let broker = try Broker()
    let topic = try broker.topic(stream.table, partitions: Self.partitions)
    try TestDatabase.with { database in
      var settings = IngestSettings(
        sources: [.init(topic: topic, stream: stream)], kafka: broker.group(),
        database: try database.settings(.transactionPooler))
      settings.untilEnd = true
      let records = Self.records(of: stream, 210)
      for payloads in [
        records[..<200] + records[..<3] + ["nonsense"], records[150...] + records[..<40],
      ] {
        try broker.produce(Array(payloads), to: topic, partitions: Self.partitions)
        try #require(RunningIngester(settings).wait()).get()
      }
      #expect(try database.value("SELECT count(*) FROM \(stream.table)") == "210")
      #expect(
        try database.value(
          "SELECT concat_ws(' ', sum(seen), sum(stored), sum(duplicates), sum(rejected)) FROM ingest_batches"
        ) == "304 210 93 1")
      for sums in stream.sums {
        let columns = ["records"] + sums.measures
        #expect(
          try database.value(
            "SELECT concat_ws(' ', \(columns.map { "sum(\($0))" }.joined(separator: ", "))) FROM \(sums.table)"
          ) == Self.made(of: sums, database, stream))
      }
      #expect(try Self.problems(database) == [])
      try Self.goBackAndForth(stream, database)
    }
  }

  /// Rows that came around the trigger, and sums that are wrong, are found.
  @Test(arguments: Stream.all.filter { !$0.sums.isEmpty })
  func aWrongSumIsFound(_ stream: Stream) throws {
    try TestDatabase.with { database in
      for sums in stream.sums {
        let keys = sums.keys.map { _ in ", 'x'" }.joined()
        try database.value(
          """
          INSERT INTO \(sums.table) VALUES ('acme', '2026-01-01'\(keys), 1\(sums.measures.map { _ in ", 7" }.joined()), now())
          """)
        #expect(try Self.problems(database).first?.contains("the rollup says 1 records 7") == true)
      }
      let record = "INSERT INTO \(stream.table) SELECT * FROM \(stream.table) LIMIT 0"
      #expect(throws: PostgresError.self) { try database.value(record) }
    }
  }

  private static func records(of stream: Stream, _ count: Int) -> [String?] {
    let now = Timestamp.now().microseconds
    return (0..<count).map { number in
      SampleRecord(
        of: stream, number,
        at: Timestamp(microseconds: now - Int64(number) * Timestamp.microsecondsPerSecond)
      ).json
    }
  }

  private static func made(
    of sums: DailySums, _ database: TestDatabase, _ stream: Stream
  ) throws -> String? {
    let measures = sums.measures.map { ", sum(\($0))" }.joined()
    return try database.value(
      "SELECT concat_ws(' ', count(*)\(measures)) FROM \(stream.table)")
  }

  private static func problems(_ database: TestDatabase) throws -> [String] {
    var ledger = LedgerReader(try database.connect(), schema: "public")
    return try ledger.audit().problems
  }

  /// A table that the last migration has made goes only by force; others keep their rows.
  private static func goBackAndForth(_ stream: Stream, _ database: TestDatabase) throws {
    let last = try #require(Migration.embedded.last)
    let isNew = last.up.contains("CREATE TABLE \(stream.table) ")
    var migrator = Migrator(try database.connect(), daybookVersion: "test")
    if isNew {
      #expect(throws: MigrationError.self) { try migrator.down(to: last.version - 1) }
    }
    try migrator.down(to: last.version - 1, force: isNew)
    let remains = try database.value("SELECT to_regclass('\(stream.table)') IS NOT NULL")
    #expect(remains == (isNew ? "f" : "t"))
    try migrator.up()
    #expect(try migrator.objectDifferences() == [])
    #expect(
      try database.value("SELECT count(*) FROM \(stream.table)") == (isNew ? "0" : "210"))
    if !isNew { #expect(try problems(database) == []) }
  }
}
