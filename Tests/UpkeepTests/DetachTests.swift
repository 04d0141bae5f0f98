// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Testing

@testable import Upkeep

/// `DETACH … CONCURRENTLY` waits for whoever may still see the partition.
struct DetachTests {
  private static let pending = "SELECT count(*) FROM pg_inherits WHERE inhdetachpending"

  /// The time is over, the server cancels, or the session is ended: the next run finalizes.
  @Test(arguments: TestServer.all, ["timeout", "cancel", "terminate"])
  func anInterruptedDetachIsFinalized(server: TestServer, how: String) throws {
    try MaintenanceScene.with(on: server) { scene in
      let before = try scene.storedSums()
      var reader = try scene.database.connect()
      try reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM invocations")
      if how == "timeout" { scene.settings.detachPatience = .milliseconds(300) }
      let database = scene.database
      let end = Thread {
        guard how != "timeout" else { return }
        // Other tests may have taken every connection for a moment. Before it waits for the reader,
        // the statement may wait for autovacuum: nothing is pending yet then.
        _ = eventually {
          (try? database.value(
            """
            SELECT pg_\(how)_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND query LIKE '%CONCURRENTLY'
               AND wait_event = 'virtualxid'
            """)) == "t"
        }
      }
      end.start()
      let report = try scene.report(.retain)
      #expect(report.outcome == .failure, "\(report.message)")
      #expect(try scene.number(Self.pending) == 1)
      // The rows of the pending one are gone for new queries, and are still there.
      #expect(try scene.states() == "detaching")
      try reader.execute("ROLLBACK")
      let next = try scene.report(.retain)
      #expect(next.outcome == .success, "\(next.message)")
      #expect(try scene.states() == "dropped dropped")
      #expect(try scene.archivedSums() == before)
      #expect(try scene.number(Self.pending) == 0)
    }
  }

  /// No query sees its rows any more, and a pending detach keeps all others from leaving.
  @Test(arguments: ["pending", "not marked"])
  func whatIsOutOfSightGoesOnWithoutAPlaceForItsArchive(how: String) throws {
    try MaintenanceScene.with { scene in
      let before = try scene.storedSums()
      if how == "pending" {
        try Self.leavePending(scene)
      } else {
        let name = try scene.partition(monthsAgo: 20)
        try scene.database.retire(name, of: "invocations", upTo: .detaching)
        try scene.database.value("ALTER TABLE invocations DETACH PARTITION \(name)")
      }
      scene.settings.archiveDirectory = scene.directory + "/missing"
      let report = try scene.report(.retain)
      #expect(report.outcome == .failure)
      // Both say why: the one that waits for its archive, and the one that does not begin to leave.
      let reasons = report.message.components(separatedBy: "mount or create it").count - 1
      #expect(reasons == 2, "\(report.message)")
      #expect(try scene.number(Self.pending) == 0)
      #expect(try scene.states() == "revoked")
      #expect(try scene.storedSums().rows == Int64(MaintenanceScene.rowsPerMonth))
      scene.settings.archiveDirectory = scene.directory
      let next = try scene.report(.retain)
      #expect(next.outcome == .success, "\(next.message)")
      #expect(try scene.states() == "dropped dropped")
      #expect(try scene.archivedSums() == before)
    }
  }

  private static func leavePending(_ scene: MaintenanceScene) throws {
    var reader = try scene.database.connect()
    try reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM invocations")
    let patience = scene.settings.detachPatience
    scene.settings.detachPatience = .milliseconds(300)
    let report = try scene.report(.retain)
    #expect(report.message.contains("it waits for a detach that is pending"), "\(report.message)")
    scene.settings.detachPatience = patience
    try reader.execute("ROLLBACK")
    #expect(try scene.number(pending) == 1)
  }
}
