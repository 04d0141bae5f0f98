// SPDX-License-Identifier: Apache-2.0
import Archive
import CopyFormat
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import Testing
import Upkeep

/// Export, verification and restore of real partitions.
@Suite struct ArchiveExportTests {
  @Test(arguments: TestServer.all) func roundTrip(_ server: TestServer) throws {
    try ArchiveScene.with(on: server) { scene in
      try scene.fill(rows: 20_000)
      let manifest = try scene.export()
      #expect(manifest.rowCount == 20_000)
      let again = try ArchiveVerification.run(manifestPath: scene.manifestPath)
      #expect(again == manifest)
      #expect(manifest.sums.groups == (try scene.sums()))
      #expect(manifest.sums.totals.map(\.rows).reduce(0, +) == 20_000)
      #expect(manifest.database.name == (try scene.database.value("SELECT current_database()")))
      #expect(
        manifest.database.systemIdentifier
          == (try scene.database.value("SELECT system_identifier FROM pg_control_system()")))
    }
  }

  /// Where it may not be asked, the cluster is unknown; the archive is good all the same.
  @Test func withoutTheRightToAskForTheCluster() throws {
    try ArchiveScene.with { scene in
      try scene.database.value("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
      #expect(try scene.export().database.systemIdentifier == nil)
    }
  }

  /// It has no rows of its own: a good archive of 0 rows would let it be dropped.
  @Test func aPartitionedPartitionIsRefused() throws {
    try ArchiveScene.with { scene in
      try scene.database.value(
        """
        DROP TABLE \(scene.partition);
        CREATE TABLE \(scene.partition) PARTITION OF invocations
          FOR VALUES FROM ('2026-06-01 00:00+00') TO ('2026-07-01 00:00+00')
          PARTITION BY RANGE (occurred_at);
        CREATE TABLE half PARTITION OF \(scene.partition)
          FOR VALUES FROM ('2026-06-01 00:00+00') TO ('2026-06-15 00:00+00');
        """)
      let error = #expect(throws: UpkeepError.self) { try scene.export() }
      #expect(error?.description.contains("is partitioned itself") == true)
      #expect(error?.exitCode == .data)
    }
  }

  @Test func aChildInAnotherSchemaIsNotFoundUnderItsName() throws {
    try ArchiveScene.with { scene in
      try scene.database.value(
        "CREATE SCHEMA other; ALTER TABLE \(scene.partition) SET SCHEMA other")
      var connection = try scene.database.connect()
      let found = try ArchiveSubject.find(
        schema: "public", partition: scene.partition, over: &connection)
      #expect(found == nil)
    }
  }

  /// A policy that hides rows from the reader would make an archive without them.
  @Test func hiddenRowsAreAnError() throws {
    try ArchiveScene.with { scene in
      try scene.fill(rows: 10)
      try scene.database.value(
        """
        ALTER TABLE \(scene.partition) ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY few ON \(scene.partition) USING (input_tokens < 5)
        """)
      let error = #expect(throws: UpkeepError.self) { try scene.export() }
      #expect(error?.database?.sqlState == .insufficientPrivilege)
    }
  }
}
