// SPDX-License-Identifier: Apache-2.0
import Archive
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import Testing
import Upkeep

/// Archives back into tables, by our program and by standard tools.
@Suite struct ArchiveRestoreTests {
  /// Rows of both tables that are not the same.
  private func difference(_ scene: ArchiveScene, _ left: String, _ right: String) throws -> String?
  {
    try scene.database.value(
      """
      SELECT count(*) FROM ((SELECT * FROM \(left) EXCEPT ALL SELECT * FROM \(right)) UNION ALL
        (SELECT * FROM \(right) EXCEPT ALL SELECT * FROM \(left))) AS d
      """)
  }

  private func restore(_ scene: ArchiveScene, into table: String? = nil) throws -> String {
    var connection = try scene.database.connect()
    return try PartitionRestore.run(
      manifestPath: scene.manifestPath, schema: "public", into: table, over: &connection
    ).table
  }

  @Test(arguments: TestServer.all) func everyRowComesBack(_ server: TestServer) throws {
    try ArchiveScene.with(on: server) { scene in
      try scene.fill(rows: 5000)
      try scene.addExtremes()
      _ = try scene.export()
      let table = try restore(scene)
      #expect(table == "invocations_p20260601_restored")
      #expect(try difference(scene, scene.partition, table) == "0")
      let error = #expect(throws: UpkeepError.self) { try restore(scene) }
      #expect(error?.description.contains("has rows already") == true)
    }
  }

  /// An archive of a release before has columns less than the table.
  @Test(arguments: TestServer.all) func anArchiveOfBeforeComesBack(_ server: TestServer) throws {
    try ArchiveScene.with(on: server) { scene in
      try scene.fill(rows: 500)
      try scene.database.value(
        """
        ALTER TABLE invocations DETACH PARTITION \(scene.partition);
        ALTER TABLE \(scene.partition) DROP COLUMN source_item, DROP COLUMN usage_source
        """)
      _ = try scene.export()
      let table = try restore(scene)
      #expect(
        try scene.database.value(
          "SELECT count(*) || ' ' || num_nonnulls(max(source_item), max(usage_source)) FROM \(table)"
        )
          == "500 0")
      try scene.database.value(
        "ALTER TABLE \(table) DROP COLUMN source_item, DROP COLUMN usage_source")
      #expect(try difference(scene, scene.partition, table) == "0")
    }
  }

  /// Rows that are there twice would be counted twice.
  @Test func neitherIntoTheTableNorIntoAPartition() throws {
    try ArchiveScene.with { scene in
      try scene.fill(rows: 10)
      _ = try scene.export()
      for table in ["invocations", scene.partition] {
        let error = #expect(throws: UpkeepError.self) { try restore(scene, into: table) }
        #expect(error?.description.contains("is a partitioned table or a partition") == true)
      }
      #expect(try scene.database.value("SELECT count(*) FROM invocations") == "10")
    }
  }

  @Test func aNameThatPostgreSQLWouldCut() throws {
    try ArchiveScene.with { scene in
      _ = try scene.export()
      let error = #expect(throws: UpkeepError.self) {
        try restore(scene, into: String(repeating: "ü", count: 32))
      }
      #expect(error?.description.contains("--into") == true)
      #expect(try restore(scene, into: String(repeating: "u", count: 63)).utf8.count == 63)
    }
  }

  @Test func anEmptyPartition() throws {
    try ArchiveScene.with { scene in
      let manifest = try scene.export()
      #expect(manifest.rowCount == 0)
      #expect(manifest.keyRange == nil)
      #expect(try scene.database.value("SELECT count(*) FROM \(try restore(scene))") == "0")
    }
  }

  @Test(arguments: ["audit_logs", "rejected_records", "ingest_batches"])
  func theOtherTables(_ table: String) throws {
    try ArchiveScene.with(table: table) { scene in
      try scene.addRowsOfOtherTables()
      #expect(try scene.export().rowCount > 0)
      let restored = try restore(scene)
      #expect(try difference(scene, scene.partition, restored) == "0")
    }
  }

  @Test func aDetachedPartition() throws {
    try ArchiveScene.with { scene in
      try scene.fill(rows: 100)
      try scene.database.value("ALTER TABLE invocations DETACH PARTITION \(scene.partition)")
      #expect(try scene.export().rowCount == 100)
    }
  }

  @Test func standardToolsReadIt() throws {
    try ArchiveScene.with { scene in
      try scene.fill(rows: 30_000)
      _ = try scene.export()
      try scene.database.value("CREATE TABLE copied (LIKE invocations)")
      #expect(try scene.shell("zstd -q -t '\(scene.filePath)'") == 0)
      #expect(
        try scene.shell(
          "zstdcat '\(scene.filePath)' | psql -Xq -d \"$CONNINFO\" -v ON_ERROR_STOP=1"
            + " -c '\\copy copied from stdin (format binary)'") == 0)
      #expect(try difference(scene, scene.partition, "copied") == "0")
    }
  }

  @Test func whatDoesNotFitLeavesNothing() throws {
    try ArchiveScene.with { scene in
      try scene.fill(rows: 1000)
      _ = try scene.export()
      try scene.database.value(
        """
        CREATE TABLE other (LIKE invocations); ALTER TABLE other ALTER cost TYPE numeric(30,12);
        ALTER TABLE other OWNER TO app_owner;
        CREATE TABLE narrow (LIKE invocations); ALTER TABLE narrow DROP COLUMN tags;
        ALTER TABLE narrow OWNER TO app_owner;
        CREATE TABLE strict (LIKE invocations, CHECK (source_offset < 900));
        ALTER TABLE strict OWNER TO app_owner;
        CREATE TABLE changing (LIKE invocations);
        CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN NEW.cost := NEW.cost + 1; RETURN NEW; END';
        CREATE TRIGGER change BEFORE INSERT ON changing FOR EACH ROW WHEN (NEW.source_offset = 3)
          EXECUTE FUNCTION change();
        ALTER TABLE changing OWNER TO app_owner;
        CREATE TABLE swallowing (LIKE invocations);
        CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER swallow BEFORE INSERT ON swallowing FOR EACH ROW
          WHEN (NEW.source_offset = 3) EXECUTE FUNCTION swallow();
        ALTER TABLE swallowing OWNER TO app_owner;
        """)
      for (table, words) in [
        ("other", "numeric(30,12)"), ("narrow", "missing"), ("strict", "23514"),
        ("changing", "do not add up"), ("swallowing", "the server has taken"),
      ] {
        let error = #expect(throws: UpkeepError.self) { try restore(scene, into: table) }
        #expect(error?.description.contains(words) == true, "\(table): \(error?.description ?? "")")
        #expect(try scene.database.value("SELECT count(*) FROM \(table)") == "0")
      }
    }
  }

  @Test func aDamagedArchiveIsNotRestored() throws {
    try ArchiveScene.with { scene in
      try scene.fill(rows: 1000)
      _ = try scene.export()
      var bytes = try Data(contentsOf: URL(fileURLWithPath: scene.filePath))
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: URL(fileURLWithPath: scene.filePath))
      let error = #expect(throws: UpkeepError.self) { try restore(scene) }
      #expect(error?.exitCode == .data)
      let made = try scene.database.value(
        "SELECT to_regclass('invocations_p20260601_restored') IS NULL")
      #expect(made == "t")
    }
  }
}
