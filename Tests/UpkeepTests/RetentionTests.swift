// SPDX-License-Identifier: Apache-2.0
import Archive
import DaybookTesting
import Foundation
import Postgres
import Testing

@testable import Upkeep

/// Expired partitions on their way out, without accidents and with them.
struct RetentionTests {
  @Test(arguments: TestServer.all)
  func expiredMonthsAreArchivedVerifiedAndDropped(server: TestServer) throws {
    try MaintenanceScene.with(on: server) { scene in
      let before = try scene.storedSums()
      let report = try scene.report(.retain)
      #expect(report.outcome == .success, "\(report.message)")
      #expect(try scene.states() == "dropped dropped")
      #expect(try scene.archivedSums() == before)
      #expect(try scene.storedSums().rows == 0)
      #expect(
        try scene.database.value(
          """
          SELECT string_agg(action, ' ' ORDER BY id) FROM partition_journal
           WHERE partition_name = '\(try scene.partition(monthsAgo: 20))'
          """) == "create detach revoke archive verify drop")
      #expect(try scene.report(.retain).actions == 0)
    }
  }

  @Test func withoutAnArchiveOnPurpose() throws {
    try MaintenanceScene.with { scene in
      try scene.database.value(
        """
        UPDATE partition_policies SET archive = 'none', no_archive_reason = 'test'
         WHERE table_name = 'invocations'
        """)
      #expect(try scene.report(.retain).outcome == .success)
      #expect(try scene.states() == "dropped dropped")
      #expect(try Manifest.paths(in: scene.directory) == [])
    }
  }

  /// The table stays as it is, and the other jobs go on.
  @Test func withoutAPlaceForArchivesNothingLeavesAndMonthsAreMade() throws {
    try MaintenanceScene.with { scene in
      scene.settings.archiveDirectory = scene.directory + "/missing"
      try scene.database.value("DROP TABLE \(try scene.partition(monthsAgo: -1))")
      let reports = try scene.maintain(.create, .retain, .close)
      #expect(reports.map(\.outcome) == [.success, .failure, .success], "\(reports)")
      #expect(reports[1].message.contains("mount or create it"))
      #expect(try scene.states() == "")
      #expect(
        try scene.number("SELECT count(*) FROM invocations") == 2 * MaintenanceScene.rowsPerMonth)
      #expect(
        try scene.database.value(
          "SELECT to_regclass('\(try scene.partition(monthsAgo: -1))')") != nil)
      scene.settings.archiveDirectory = nil
      #expect(try scene.report(.retain).message.contains("archive_dir"))
    }
  }

  /// It has expired before all others, and is nothing that maintenance takes out.
  @Test func aPartitionThatCannotLeaveHoldsNoOtherUp() throws {
    try MaintenanceScene.with(months: [20]) { scene in
      try scene.database.value(
        """
        SET ROLE app_owner;
        CREATE TABLE nested (LIKE invocations INCLUDING ALL) PARTITION BY HASH (tenant_id);
        ALTER TABLE invocations ATTACH PARTITION nested
          FOR VALUES FROM ('2021-03-01 00:00:00+00') TO ('2021-04-01 00:00:00+00')
        """)
      let report = try scene.report(.retain)
      #expect(report.outcome == .failure)
      #expect(report.message.contains("no plain table"), "\(report.message)")
      #expect(try scene.states() == "dropped")
    }
  }

  /// A name in the way fails creation; retention goes on.
  @Test func retentionGoesOnWhileCreationFails() throws {
    try MaintenanceScene.with { scene in
      let next = try scene.partition(monthsAgo: -1)
      try scene.database.value(
        "ALTER TABLE invocations DETACH PARTITION \(next); ALTER TABLE \(next) ADD COLUMN x int")
      try scene.database.value("ALTER FUNCTION daybook_create_partition RENAME TO gone")
      try scene.database.value(
        "DROP TABLE \(try scene.partition(monthsAgo: -2))")
      let reports = try scene.maintain(.create, .retain)
      #expect(reports.map(\.outcome) == [.failure, .success], "\(reports)")
      #expect(try scene.states() == "dropped dropped")
    }
  }

  @Test func anArchiveCommandThatFailsKeepsThePartition() throws {
    try MaintenanceScene.with { scene in
      scene.settings.shipment = try ArchiveShipment(
        archiveCommand: "echo no route to store >&2; false", restoreCommand: nil, timeoutSeconds: 10
      )
      let report = try scene.report(.retain)
      #expect(report.outcome == .failure)
      #expect(report.message.contains("no route to store"), "\(report.message)")
      #expect(try scene.states() == "verified verified")
      #expect(
        try scene.database.value(
          "SELECT string_agg(attempts::text, ' ') FROM partition_retirements") == "1 1")
      let store = scene.directory + "/store"
      try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: true)
      scene.settings.shipment = try ArchiveShipment(
        archiveCommand: "cp %p \(store)/%f", restoreCommand: "cp \(store)/%f %p",
        timeoutSeconds: 10)
      #expect(try scene.report(.retain).outcome == .success)
      #expect(try scene.states() == "dropped dropped")
      #expect(try Manifest.paths(in: store).count == 2)
    }
  }

  /// Verified by another run: the file is read again before the table goes.
  @Test(arguments: ["delete", "corrupt"])
  func aFileThatIsGoneOrBadBeforeTheDropIsWrittenAgain(how: String) throws {
    try MaintenanceScene.with(months: [20]) { scene in
      let before = try scene.storedSums()
      scene.settings.shipment = try ArchiveShipment(
        archiveCommand: "false", restoreCommand: nil, timeoutSeconds: 10)
      #expect(try scene.report(.retain).outcome == .failure)
      #expect(try scene.states() == "verified")
      let path = try #require(try Manifest.paths(in: scene.directory).first)
        .replacing(Manifest.manifestSuffix, with: Manifest.fileSuffix)
      if how == "delete" {
        try FileManager.default.removeItem(atPath: path)
      } else {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
      }
      scene.settings.shipment = nil
      let report = try scene.report(.retain)
      #expect(report.outcome == .success, "\(report.message)")
      #expect(report.message.contains("exported again"))
      #expect(try scene.states() == "dropped")
      #expect(try scene.archivedSums() == before)
      #expect(
        try scene.number("SELECT count(*) FROM partition_journal WHERE action = 'restart'") == 1)
    }
  }

  /// A consistent archive of something else is not the one that was written.
  @Test func anArchiveOfOtherRowsInItsPlaceIsNoticed() throws {
    try MaintenanceScene.with(months: [20]) { scene in
      scene.settings.shipment = try ArchiveShipment(
        archiveCommand: "false", restoreCommand: nil, timeoutSeconds: 10)
      try scene.maintain(.retain)
      let path = try #require(try Manifest.paths(in: scene.directory).first)
      let name = try scene.partition(monthsAgo: 20)
      var connection = try scene.database.connect()
      try connection.execute(
        """
        ALTER TABLE \(name) DISABLE TRIGGER refuse_change;
        BEGIN; DELETE FROM \(name) WHERE source_offset = 1
        """)
      let manifest = try Manifest.read(path)
      try connection.execute("COMMIT")
      _ = try PartitionExport.run(
        ArchiveSubject(
          schema: "public", table: "invocations", partition: name, lower: manifest.lower,
          upper: manifest.upper),
        to: ArchiveTarget(directory: scene.directory, replacesExisting: true, toolVersion: "test"),
        over: &connection)
      scene.settings.shipment = nil
      let report = try scene.report(.retain)
      // The table has lost a row as well, so that it cannot be archived as what was counted.
      #expect(report.outcome == .failure)
      #expect(try scene.states() == "revoked")
      #expect(try scene.number("SELECT count(*) FROM \(name)") == MaintenanceScene.rowsPerMonth - 1)
    }
  }

  /// Counts and costs are the same afterwards.
  @Test func aRowChangedByASuperuserIsNoticed() throws {
    try MaintenanceScene.with(months: [20]) { scene in
      scene.settings.shipment = try ArchiveShipment(
        archiveCommand: "false", restoreCommand: nil, timeoutSeconds: 10)
      try scene.maintain(.retain)
      let name = try scene.partition(monthsAgo: 20)
      try scene.database.value(
        """
        ALTER TABLE \(name) DISABLE TRIGGER refuse_change;
        UPDATE \(name) SET tenant_id = 'tenant-9' WHERE source_offset = 1;
        """)
      scene.settings.shipment = nil
      let report = try scene.report(.retain)
      #expect(report.outcome == .failure)
      #expect(report.message.contains("not those that were archived"), "\(report.message)")
      #expect(try scene.states() == "verified")
      #expect(try scene.number("SELECT count(*) FROM \(name)") == MaintenanceScene.rowsPerMonth)
    }
  }

  @Test func anotherTableOfTheSameNameIsNotDropped() throws {
    try MaintenanceScene.with(months: [20]) { scene in
      scene.settings.shipment = try ArchiveShipment(
        archiveCommand: "false", restoreCommand: nil, timeoutSeconds: 10)
      try scene.maintain(.retain)
      let name = try scene.partition(monthsAgo: 20)
      try scene.database.value(
        "ALTER TABLE \(name) RENAME TO saved; CREATE TABLE \(name) (LIKE saved INCLUDING ALL)")
      scene.settings.shipment = nil
      #expect(try scene.report(.retain).outcome == .failure)
      #expect(try scene.database.value("SELECT to_regclass('\(name)')") != nil)
      #expect(try scene.number("SELECT count(*) FROM saved") == MaintenanceScene.rowsPerMonth)
    }
  }

  /// The month came back after its drop: the archive of what was dropped is the only copy.
  @Test func anArchiveOfDroppedRowsIsNeverReplaced() throws {
    try MaintenanceScene.with(months: [20]) { scene in
      #expect(try scene.report(.retain).outcome == .success)
      let before = try scene.archivedSums()
      try scene.fill(monthsAgo: 20, seed: 7, rows: 5)
      // Not by an operator who asks for it.
      var connection = try scene.database.connect()
      let name = try scene.partition(monthsAgo: 20)
      let manifest = try Manifest.read(scene.directory + "/" + name + Manifest.manifestSuffix)
      let error = #expect(throws: UpkeepError.self) {
        try PartitionExport.run(
          ArchiveSubject(
            schema: "public", table: "invocations", partition: name, lower: manifest.lower,
            upper: manifest.upper),
          to: ArchiveTarget(
            directory: scene.directory, replacesExisting: true, toolVersion: "test"),
          over: &connection)
      }
      #expect(error?.description.contains("the only copy") == true, "\(String(describing: error))")
      #expect(try scene.archivedSums() == before)
      // What leaves now lies beside it, and is stored elsewhere by another name.
      let report = try scene.report(.retain)
      #expect(report.outcome == .success, "\(report.message)")
      #expect(
        try Manifest.paths(in: scene.directory)
          == [".2", ""].map {
            scene.directory + "/" + name + $0 + Manifest.manifestSuffix
          })
      #expect(try scene.archivedSums().rows == before.rows + 5)
    }
  }

  /// A directory that is not mounted says nothing of the archives in it.
  @Test func anArchiveDirectoryThatIsAwayIsWaitedFor() throws {
    try MaintenanceScene.with(months: [20]) { scene in
      scene.settings.shipment = try ArchiveShipment(
        archiveCommand: "false", restoreCommand: nil, timeoutSeconds: 10)
      try scene.maintain(.retain)
      #expect(try scene.states() == "verified")
      let files = FileManager.default
      try files.moveItem(atPath: scene.directory, toPath: scene.directory + "-away")
      defer { try? files.removeItem(atPath: scene.directory + "-away") }
      let report = try scene.report(.retain)
      #expect(report.message.contains("mounted"), "\(report.message)")
      #expect(try scene.states() == "verified")
      try files.moveItem(atPath: scene.directory + "-away", toPath: scene.directory)
      scene.settings.shipment = nil
      #expect(try scene.report(.retain).outcome == .success)
      #expect(try scene.states() == "dropped")
    }
  }

  @Test func aDirectoryWithoutRoomKeepsThePartitionAttached() throws {
    #expect(throws: UpkeepError.self) {
      try ArchiveRoom.check(FileManager.default.temporaryDirectory.path, bytes: .max)
    }
    try ArchiveRoom.check(FileManager.default.temporaryDirectory.path, bytes: 1)
  }
}
