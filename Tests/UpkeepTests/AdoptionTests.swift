// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import Testing
import Upkeep
import daybook

/// Sets that pg_partman 4.7.2 made, taken over and given back.
@Suite struct AdoptionTests {
  private static let hasPartman = FileManager.default.fileExists(
    atPath: "/usr/share/postgresql/15/extension/pg_partman.control")

  /// A set as pg_partman leaves it, of our owner, with `more` run afterwards.
  private static func withSet(
    _ more: String = "", zone: String = "UTC",
    _ body: (TestDatabase, inout Connection) throws -> Void
  ) throws {
    try TestDatabase.with(.migrated) { database in
      var connection = try database.connect()
      try connection.execute(
        """
        SET timezone = '\(zone)';
        CREATE SCHEMA partman; CREATE EXTENSION pg_partman SCHEMA partman;
        CREATE TABLE events (id bigint, at timestamptz NOT NULL, tenant_id text) PARTITION BY RANGE (at);
        CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON events FOR EACH STATEMENT
          EXECUTE FUNCTION daybook_refuse_change();
        ALTER TABLE events OWNER TO app_owner;
        SELECT partman.create_parent('public.events', 'at', 'native', 'monthly', p_premake := 2,
          p_start_partition := (now() - interval '3 months')::text);
        UPDATE partman.part_config SET retention = '13 months';
        DO $$ DECLARE child text; BEGIN
          FOR child IN SELECT inhrelid::regclass::text FROM pg_inherits
                        WHERE inhparent = 'events'::regclass LOOP
            EXECUTE 'ALTER TABLE ' || child || ' OWNER TO app_owner';
          END LOOP;
        END $$;
        \(more)
        """)
      try body(database, &connection)
    }
  }

  @Test(.enabled(if: hasPartman)) func aSetIsTakenOverAndGivenBack() throws {
    try Self.withSet { database, connection in
      let run = try CommandRun(database)
      let dry = try run("partitions", "adopt", "--table", "events", "--dry-run")
      #expect(dry.code == .success)
      #expect(dry.output.contains("SET automatic_maintenance = 'off', retention = NULL"))
      #expect(
        dry.output.contains("CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.events"))
      let before = "SELECT automatic_maintenance FROM partman.part_config"
      #expect(try database.value(before) == "on")
      let done = try run("partitions", "adopt", "--table", "events", "--yes", "--reason", "a test")
      #expect(done.code == .success)
      #expect(try database.value(before) == "off")
      #expect(
        try database.value(
          "SELECT months_ahead || '/' || retention_months FROM partition_policies "
            + "WHERE table_name = 'events'") == "2/13")
      #expect(
        try database.value(
          "SELECT detail->'part_config'->>'retention' FROM partition_journal WHERE action = 'adopt'"
        )
          == "13 months")
      #expect(throws: PostgresError.self) {
        try database.value("TRUNCATE events_p\(Self.month("_"))")
      }

      try connection.execute("UPDATE partition_policies SET months_ahead = 4; SET ROLE app_owner")
      let plan = try PlanExecutionTests.plan(&connection)
      let own = plan.actions.filter { $0.table == "events" }
      #expect(Set(own.map(\.name)) == ["create", "drop_default", "freeze"])
      #expect(own.filter { $0.name == "create" }.count == 2)
      try PlanExecutionTests.execute(plan, &connection)
      #expect(
        try PlanExecutionTests.plan(&connection).actions.filter { $0.table == "events" }.isEmpty)
      try connection.execute("RESET ROLE")
      try Self.giveBack(run, database, &connection)
    }
  }

  /// Every statement of the runbook, then a month more than Daybook had made.
  private static func giveBack(
    _ run: CommandRun, _ database: TestDatabase, _ connection: inout Connection
  ) throws {
    let set = try run(
      "policy", "set", "--table", "events", "--managed", "false", "--reason", "back")
    #expect(set.code == .success)
    let runbook = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "ops/runbooks/partman.md")
    let text = try String(contentsOf: runbook, encoding: .utf8)
    let blocks = text.components(separatedBy: "```sql\n").dropFirst()
      .compactMap { $0.components(separatedBy: "```").first }
    #expect(blocks.count == 2)
    // Of an empty set pg_partman makes no more months.
    try connection.execute("INSERT INTO events VALUES (1, now(), 't')")
    for block in blocks { try connection.execute(block) }
    let count = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass"
    let had = try connection.execute(count).int64(0, 0) ?? 0
    try connection.execute(
      "UPDATE partman.part_config SET premake = 5; SELECT partman.run_maintenance()")
    #expect(try connection.execute(count).int64(0, 0) == had + 1)
    let last =
      "SELECT max(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'events'::regclass"
    #expect(
      try connection.execute(last).text(0, 0) == "events_p\(month("_", ahead: 5))")
    #expect(
      try connection.execute("SELECT automatic_maintenance || retention FROM partman.part_config")
        .text(0, 0) == "on13 months")
    let plan = try PlanExecutionTests.plan(&connection)
    #expect(plan.actions.allSatisfy { $0.table != "events" })
    #expect(plan.findings.allSatisfy { $0.table != "events" })
  }

  @Test(
    .enabled(if: hasPartman),
    arguments: [
      ("UPDATE partman.part_config SET retention = '90 days'", "UTC", "no whole number of months"),
      ("", "America/New_York", "hold no month of UTC"),
      ("ALTER TABLE events OWNER TO postgres", "UTC", "OWNER TO app_owner"),
      (
        """
        CREATE TABLE sub PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2020-02-01')
          PARTITION BY LIST (tenant_id); ALTER TABLE sub OWNER TO app_owner
        """, "UTC", "sub-partitions"
      ),
    ])
  func whatDoesNotFitIsNamed(_ more: String, _ zone: String, _ word: String) throws {
    try Self.withSet(more, zone: zone) { database, connection in
      let subject = try Self.subject(&connection)
      let adoption = Adoption(subject, monthsAhead: nil, retentionMonths: nil, reason: "r")
      #expect(adoption.refusals.contains { $0.contains(word) }, "\(adoption.refusals)")
      let run = try CommandRun(database)
      #expect(try run("partitions", "adopt", "--table", "events", "--yes").code == .data)
      #expect(
        try database.value("SELECT automatic_maintenance FROM partman.part_config") == "on")
    }
  }

  @Test(.enabled(if: hasPartman)) func rowsInTheDefaultPartitionAreReportedAndStay() throws {
    try Self.withSet("INSERT INTO events VALUES (1, '2001-01-01', 't')") { database, connection in
      let adoption = Adoption(
        try Self.subject(&connection), monthsAhead: nil, retentionMonths: nil, reason: "r")
      #expect(adoption.refusals.isEmpty)
      #expect(adoption.remarks.contains { $0.contains("events_default has rows") })
      let run = try CommandRun(database)
      #expect(try run("partitions", "adopt", "--table", "events", "--yes").code == .success)
      let check = try run("partitions", "check", "--table", "events")
      #expect(check.code == .checkFailed)
      #expect(check.output.contains("rows_in_default events events_default: "))
      let plan = try PlanExecutionTests.plan(&connection)
      #expect(!plan.actions.contains { $0.name == "drop_default" })
    }
  }

  @Test func aSetWithoutPartmanWantsARetention() throws {
    try TestDatabase.with(.migrated) { database in
      var connection = try database.connect()
      try connection.execute(
        """
        SET ROLE app_owner;
        CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2026-01-01+00') TO ('2026-02-01+00');
        """)
      let subject = try Self.subject(&connection)
      let without = Adoption(subject, monthsAhead: nil, retentionMonths: nil, reason: "r")
      #expect(without.refusals.contains { $0.contains("--retention-months") })
      let with = Adoption(subject, monthsAhead: nil, retentionMonths: 24, reason: "r")
      #expect(with.refusals.isEmpty)
      let unknown = try AdoptionReader(schema: "public").read("nothing", &connection)
      let refused = Adoption(unknown, monthsAhead: 1, retentionMonths: 1, reason: "r")
      #expect(refused.refusals == ["there is no table public.nothing"])
    }
  }

  private static func subject(_ connection: inout Connection) throws -> AdoptionSubject {
    try connection.execute("BEGIN")
    let subject = try AdoptionReader(schema: "public").read("events", &connection)
    try connection.execute("COMMIT")
    return subject
  }

  /// `2026_11`, months after the current one.
  private static func month(_ separator: String, ahead: Int = 0) -> String {
    "\(Timestamp.now().month.advanced(by: ahead))".replacing("-", with: separator)
  }
}
