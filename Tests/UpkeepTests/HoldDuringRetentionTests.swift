// SPDX-License-Identifier: Apache-2.0
import Archive
import DaybookTesting
import Postgres
import Testing

@testable import Upkeep

/// A hold wins at any time before the drop, and rows leave when it is released.
struct HoldDuringRetentionTests {
  static func place(_ scene: MaintenanceScene, tenant: String? = nil) throws {
    let tenant = tenant.map { SQL.literal($0) } ?? "NULL"
    try scene.database.value(
      "SET ROLE app_owner; INSERT INTO legal_holds (tenant_id, reason) VALUES (\(tenant), 'case 7')"
    )
  }

  static func release(_ scene: MaintenanceScene) throws {
    try scene.database.value(
      """
      SET ROLE app_owner; UPDATE legal_holds SET released_at = now(), released_by = 'me',
        release_reason = 'closed' WHERE released_at IS NULL
      """)
  }

  /// Between each two steps of a run that has planned without the hold.
  @Test(arguments: ["detach", "revoke", "archive", "verify"])
  func aHoldThatComesAfterAStepStopsTheDrop(after step: String) throws {
    try MaintenanceScene.with(months: [20]) { scene in
      var isPlaced = false
      let report = try scene.report(.retain) { event in
        guard case .done(let action) = event, action.name == step, !isPlaced else { return }
        do { try Self.place(scene) } catch { Issue.record(error) }
        isPlaced = true
      }
      #expect(isPlaced)
      #expect(report.outcome == .success, "\(report.message)")
      #expect(report.message.contains("hold"), "\(report.message)")
      #expect(try scene.states() == "verified")
      let name = try scene.partition(monthsAgo: 20)
      #expect(try scene.number("SELECT count(*) FROM \(name)") == MaintenanceScene.rowsPerMonth)
      #expect(try scene.report(.retain).outcome == .success)
      #expect(try scene.states() == "verified")
      try Self.release(scene)
      #expect(try scene.report(.retain).outcome == .success)
      #expect(try scene.states() == "dropped")
    }
  }

  @Test func aHoldThatComesAfterThePlanKeepsThePartitionAttached() throws {
    try MaintenanceScene.with(months: [20]) { scene in
      var isPlaced = false
      let report = try scene.report(.retain) { event in
        guard case .began(let action) = event, action.name == "detach", !isPlaced else { return }
        do { try Self.place(scene) } catch { Issue.record(error) }
        isPlaced = true
      }
      #expect(isPlaced)
      #expect(report.outcome == .success, "\(report.message)")
      #expect(try scene.states() == "")
    }
  }

  @Test func aHoldFromTheBeginningKeepsThePartitionAttached() throws {
    try MaintenanceScene.with(months: [20]) { scene in
      try Self.place(scene, tenant: "tenant-1")
      let report = try scene.report(.retain)
      #expect(report.outcome == .success)
      #expect(try scene.states() == "")
      try Self.release(scene)
      try scene.maintain(.retain)
      #expect(try scene.states() == "dropped")
    }
  }

  /// The held rows stay, the archive has all of them, and they go when the hold is released.
  @Test func heldRowsAreCarvedAndLeaveAfterTheRelease() throws {
    try MaintenanceScene.with { scene in
      let before = try scene.storedSums()
      try scene.database.value(
        "UPDATE partition_policies SET held_rows = 'carve' WHERE table_name = 'invocations'")
      let held = try scene.number("SELECT count(*) FROM invocations WHERE tenant_id = 'tenant-1'")
      try Self.place(scene, tenant: "tenant-1")
      let report = try scene.report(.retain)
      #expect(report.outcome == .success, "\(report.message)")
      #expect(try scene.states() == "dropped dropped")
      #expect(try scene.archivedSums() == before)
      #expect(try scene.number("SELECT count(*) FROM invocations_held") == held)
      #expect(
        try scene.number("SELECT sum(carved_rows) FROM partition_retirements") == held)
      #expect(try scene.report(.releaseHeld).actions == 0)
      try Self.release(scene)
      #expect(try scene.report(.releaseHeld).actions == held)
      #expect(try scene.number("SELECT count(*) FROM invocations_held") == 0)
      #expect(
        try scene.number(
          "SELECT (detail->>'rows')::int FROM partition_journal WHERE action = 'release_rows'")
          == held)
    }
  }
}
