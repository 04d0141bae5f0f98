// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

@testable import Doctor

/// The guards that the doctor misses where they are gone.
@Suite struct GuardTriggerTests {
  /// What the schema makes in a new database, word for word as the server says it.
  @Test(arguments: TestServer.all)
  func theListIsThatOfANewDatabase(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      var connection = try database.connect()
      let rows = try connection.execute(
        """
        SELECT pg_get_triggerdef(t.oid), t.tgenabled = 'A' FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal AND NOT c.relispartition
        """)
      let found = Set(
        (0..<rows.rowCount).map { row in
          (rows.text(row, 0) ?? "") + (rows.bool(row, 1) == true ? Self.always : "")
        })
      let listed = GuardTrigger.all.filter { !$0.table.hasSuffix("_held") }.map(Self.definition)
      #expect(found.count >= 50)
      #expect(found.subtracting(listed) == [])
      #expect(Set(listed).subtracting(found) == [])
    }
  }

  /// Each is missed, and is back after what the doctor says.
  @Test(arguments: TestServer.all)
  func whatIsGoneIsFoundAndComesBack(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      var connection = try database.connect()
      let all = """
        SELECT string_agg(pg_get_triggerdef(oid) || tgenabled::text, ';' ORDER BY tgrelid, tgname)
        FROM pg_trigger WHERE NOT tgisinternal
        """
      let before = try database.value(all)
      #expect(try Self.gone(&connection).isEmpty)
      for trigger in GuardTrigger.all where !trigger.table.hasSuffix("_held") {
        try connection.execute("DROP TRIGGER \(trigger.name) ON \(trigger.table)")
        let found = try Self.gone(&connection)
        #expect(
          found.map(\.what) == ["trigger \(trigger.name) of \(trigger.table) is missing"])
        for finding in found { try connection.execute(finding.remedy) }
        #expect(try Self.gone(&connection).isEmpty)
      }
      #expect(try database.value(all) == before)
    }
  }

  /// As are those of partitions and of held rows, and one that calls something else, or only
  /// sometimes.
  @Test func partitionsHeldRowsAndOtherTriggersOfTheName() throws {
    try TestDatabase.with { database in
      var connection = try database.connect()
      let month = try #require(
        try database.value(
          "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'invocations'::regclass LIMIT 1"
        ))
      try connection.execute(
        """
        DROP TRIGGER refuse_truncate ON \(month);
        CREATE TABLE audit_logs_held (LIKE audit_logs);
        CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_logs_held EXECUTE FUNCTION daybook_refuse_change();
        CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON statements FOR EACH ROW
          WHEN (OLD.version > 1) EXECUTE FUNCTION daybook_refuse_change();
        CREATE OR REPLACE TRIGGER stamp BEFORE INSERT ON billing_journal FOR EACH ROW
          EXECUTE FUNCTION daybook_stamp_offset_change()
        """)
      let found = try Self.gone(&connection)
      #expect(
        found.map(\.what) == [
          "trigger refuse_change of audit_logs_held is missing",
          "trigger refuse_change of statements is missing",
          "trigger refuse_truncate of \(month) is missing",
          "trigger stamp of billing_journal is missing",
        ])
      for finding in found { try connection.execute(finding.remedy) }
      let left = try Self.gone(&connection)
      #expect(left.isEmpty)
    }
  }

  /// It has left its table, and is neither archived nor dropped.
  @Test(arguments: TestServer.all)
  func aPartitionThatStandsAloneHasItsOwn(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      var connection = try database.connect()
      let month = try database.makePartition(of: "audit_logs", monthsAgo: 90)
      let retired = CatalogueQuestion.droppedGuardsOfRetired(in: "public")
      try database.retire(month, of: "audit_logs", upTo: .detached)
      #expect(try retired.findings(schema: "public", &connection).isEmpty)
      try connection.execute(
        "SET ROLE app_owner; SELECT daybook_revoke_detached(retirement_id) FROM partition_retirements"
      )
      #expect(try retired.findings(schema: "public", &connection).isEmpty)
      try connection.execute(
        """
        DROP TRIGGER refuse_truncate ON \(month);
        CREATE OR REPLACE TRIGGER refuse_change BEFORE INSERT ON \(month) FOR EACH ROW
          EXECUTE FUNCTION daybook_refuse_change()
        """)
      let found = try retired.findings(schema: "public", &connection)
      #expect(
        found.map(\.what)
          == ["refuse_change", "refuse_truncate"].map {
            "trigger \($0) of \(month) is missing"
          })
      for finding in found { try connection.execute(finding.remedy) }
      let left = try retired.findings(schema: "public", &connection)
      #expect(left.isEmpty)
    }
  }

  /// A guard of the same name that lets a change through is none.
  @Test(arguments: [
    "BEFORE DELETE", "BEFORE DELETE OR UPDATE OF reason", "AFTER DELETE OR UPDATE",
  ])
  func aGuardOfLessIsMissed(event: String) throws {
    try TestDatabase.with { database in
      var connection = try database.connect()
      try connection.execute(
        """
        CREATE OR REPLACE TRIGGER refuse_change \(event) ON billing_journal FOR EACH ROW
          EXECUTE FUNCTION daybook_refuse_change()
        """)
      let found = try Self.gone(&connection)
      #expect(found.map(\.what) == ["trigger refuse_change of billing_journal is missing"])
      for finding in found { try connection.execute(finding.remedy) }
      let left = try Self.gone(&connection)
      #expect(left.isEmpty)
    }
  }

  /// What fires always does so again after it was switched on.
  @Test func aDisabledGuardIsEnabledAsItWas() throws {
    try TestDatabase.with { database in
      var connection = try database.connect()
      try connection.execute(
        "ALTER TABLE statements DISABLE TRIGGER USER; ALTER TABLE costs_daily DISABLE TRIGGER share_books"
      )
      let disabled = try #require(
        CatalogueQuestion.all.first { $0.name == "catalogue.disabled_triggers" })
      let found = try disabled.findings(schema: "public", &connection)
      #expect(found.count == 3)
      for finding in found { try connection.execute(finding.remedy) }
      #expect(
        try database.value(
          """
          SELECT string_agg(tgname || tgenabled::text, ' ' ORDER BY tgname) FROM pg_trigger
          WHERE tgrelid IN ('statements'::regclass, 'costs_daily'::regclass) AND NOT tgisinternal
            AND tgname !~ 'closed' AND (tgrelid = 'statements'::regclass OR tgname = 'share_books')
          """) == "refuse_changeA refuse_truncateA share_booksO")
    }
  }

  private static func gone(_ connection: inout Connection) throws(PostgresError) -> [Finding] {
    try CatalogueQuestion.droppedGuards.findings(schema: "public", &connection)
  }

  private static func definition(_ trigger: GuardTrigger) -> String {
    let call = trigger.call
    let referencing = call.referencing.isEmpty ? "" : "REFERENCING \(call.referencing) "
    let argument = call.argument.isEmpty ? "" : "'\(call.argument)'"
    return
      "CREATE TRIGGER \(trigger.name) \(trigger.event) ON public.\(trigger.table) \(referencing)"
      + "FOR EACH \(call.level) EXECUTE FUNCTION \(call.function)(\(argument))"
      + (trigger.isAlways ? always : "")
  }

  private static let always = " ALWAYS"
}
