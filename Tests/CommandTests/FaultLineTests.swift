// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import Testing
import daybook

/// A bad configuration ends with one line that says what is wrong and what to do, within seconds,
/// with the code of sysexits(3), and without any secret.
@Suite struct FaultLineTests {
  static let secret = "geheim"

  struct Case: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    var environment: [String: String] = [:]
    /// The content of a configuration file.
    var file: String?
    let code: ExitCode
    let says: [String]

    var testDescription: String { (arguments + [file ?? ""]).joined(separator: " ") }
  }

  private func fault(_ given: Case) throws -> CommandError {
    var arguments = given.arguments
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).conf")
    if let text = given.file {
      try Data(text.utf8).write(to: file)
      arguments += ["--config", file.path]
    }
    defer { try? FileManager.default.removeItem(at: file) }
    let start = ContinuousClock.now
    let fault = try #require(
      throws: CommandError.self,
      performing: {
        try Daybook.dispatch(arguments, given.environment, Output(descriptor: STDERR_FILENO))
      })
    #expect(start.duration(to: .now) < .seconds(30))
    return fault
  }

  private func expect(_ given: Case) throws {
    let fault = try fault(given)
    #expect(fault.exitCode == given.code, "\(fault)")
    #expect(!fault.message.contains("\n"), "\(fault)")
    #expect(!fault.message.contains(Self.secret), "\(fault)")
    for text in given.says { #expect(fault.message.contains(text), "\(fault)") }
  }

  static let withoutServers: [Case] = [
    Case(
      arguments: ["ingest"], file: "kafka_broker = k:1\n", code: .configuration,
      says: [".conf:1", "did you mean kafka_brokers?"]),
    Case(
      arguments: ["ingest"], file: "# two\nworkers = many\n", code: .configuration,
      says: [".conf:2", "integer from 1 to 64"]),
    Case(
      arguments: ["ingest"], file: "workers 2\n", code: .configuration,
      says: [".conf:1", "key = value"]),
    Case(
      arguments: ["ingest", "--config", "/nowhere/daybook.conf"], code: .noInput,
      says: ["/nowhere/daybook.conf", "check the path"]),
    Case(
      arguments: ["ingest"], environment: ["DAYBOOK_WORKERS": "0"], code: .configuration,
      says: ["DAYBOOK_WORKERS", "integer from 1 to 64"]),
    Case(arguments: ["ingest", "--worker", "2"], code: .usage, says: ["did you mean --workers?"]),
    Case(arguments: ["injest"], code: .usage, says: ["did you mean ingest?"]),
    Case(
      arguments: ["ingest", "-X", "enable.auto.commit=true"],
      environment: ["DAYBOOK_KAFKA_BROKERS": "k:1"], code: .configuration,
      says: ["enable.auto.commit", "refused", "offsets are kept in the database"]),
    Case(
      arguments: ["ingest", "-X", "sasl.password=\(secret)"], code: .usage,
      says: ["DAYBOOK_KAFKA_SASL_PASSWORD"]),
    Case(
      arguments: ["ingest", "--database-url", "postgresql://u:\(secret)@h/d"], code: .usage,
      says: ["DAYBOOK_DATABASE_URL_FILE"]),
    Case(
      arguments: ["costs"],
      environment: ["DAYBOOK_DATABASE_URL": "postgresql://u:\(secret)@x@h/d"],
      code: .configuration, says: ["percent-encoded"]),
    Case(
      arguments: ["costs"],
      environment: ["DAYBOOK_DATABASE_URL": "postgresql://u:\(secret)@127.0.0.1:1/d"],
      code: .unavailable, says: ["127.0.0.1", "check host, port"]),
    Case(
      arguments: ["produce", "--generate", "5", "--kafka-brokers", "127.0.0.1:1"],
      code: .unavailable, says: ["check that the brokers run"]),
  ]

  @Test(arguments: withoutServers)
  func nothingRuns(_ given: Case) throws {
    try expect(given)
  }

  /// SQL that spoils a migrated database, and what ingest says then.
  static let spoiled: [(sql: String, code: ExitCode, says: [String])] = [
    (
      "UPDATE schema_migrations SET version = version - 1", .configuration,
      ["needs", "daybook migrate up"]
    ),
    ("DELETE FROM schema_migrations", .configuration, ["never migrated", "daybook migrate up"]),
    (
      "ALTER TABLE invocations RENAME COLUMN region TO place", .configuration,
      ["invocations.region (text) is missing"]
    ),
    (
      "ALTER TABLE audit_logs ALTER COLUMN service TYPE varchar(9)", .configuration,
      ["audit_logs.service has type character varying(9)"]
    ),
    (
      """
      DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on',
        current_database()); END $$
      """, .unavailable, ["read-only", "primary"]
    ),
  ]

  @Test(arguments: spoiled.indices)
  func databaseDoesNotFit(_ index: Int) throws {
    let (sql, code, says) = Self.spoiled[index]
    try TestDatabase.with { database in
      try database.server.makeLogin("daybook_test_ingest", memberOf: ["app_write"])
      try database.value(sql)
      try expect(ingest(database, as: "daybook_test_ingest", code, says))
    }
  }

  @Test func loginWithoutTheGroupRole() throws {
    try TestDatabase.with { database in
      try database.server.makeLogin("daybook_test_outsider", memberOf: [])
      try expect(
        ingest(database, as: "daybook_test_outsider", .noPermission, ["GRANT app_write TO"]))
    }
  }

  @Test func missingPartitionsAreMadeAtTheStart() throws {
    try TestDatabase.with { database in
      try database.server.makeLogin("daybook_test_ingest", memberOf: ["app_write"])
      let count = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'invocations'::regclass"
      let before = try database.value(count)
      try database.value(
        """
        DO $$ BEGIN EXECUTE (SELECT 'DROP TABLE ' || inhrelid::regclass FROM pg_inherits
          WHERE inhparent = 'invocations'::regclass ORDER BY inhrelid::regclass::text DESC LIMIT 1);
        END $$
        """)
      #expect(try database.value(count) != before)
      // The database fits, so the next thing that is missing is the broker.
      try expect(
        ingest(database, as: "daybook_test_ingest", .unavailable, ["no answer about topic"]))
      #expect(try database.value(count) == before)
    }
  }

  private func ingest(
    _ database: TestDatabase, as login: String, _ code: ExitCode, _ says: [String]
  ) throws -> Case {
    let settings = try database.settings(.transactionPooler, ["user": login, "password": "test"])
    return Case(
      arguments: ["ingest", "--kafka-brokers", "127.0.0.1:1"],
      environment: ["DAYBOOK_DATABASE_URL": settings.conninfo], code: code, says: says)
  }
}
